import type { Database, Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { SendNotice } from '../notices/index.ts';
import type { CountMadeUpToken } from '../throttle/index.ts';
import { invalidRefreshToken, refreshTokenReused } from './errors.ts';
import type { IssueTokens, SettleGrant, Tokens } from './issue-tokens.ts';
import { heldSuccessor, judgeUnrotated, type Verdict } from './policy.ts';
import type { RefreshToken, RefreshTokens } from './refresh-token.ts';
import { type Presented, type RotateAtOnce, rotationOf } from './rotate-at-once.ts';
import type { SessionLife } from './session-life.ts';
import type { LivingSession, SessionsStore } from './store.ts';
import type { TokenGrant } from './token-grant.ts';

/**
 * Trades a refresh token for its successor and a new access token.
 *
 * The same token gives the same successor, however often and from wherever it comes within the grace; after it, the chain is held by
 * two, and the session ends (RFC 9700 §4.14.2).
 *
 * @throws invalidRefreshToken, refreshTokenReused, tooManyAttempts
 */
export type RefreshSession = (token: string, options: { origin: RequestOrigin; clientId: string }) => Promise<Tokens>;

/** What presenting a token has come to. */
type Claim =
  | { readonly verdict: 'rotated' | 'repeat'; readonly session: LivingSession; readonly successor: RefreshToken }
  | { readonly verdict: 'theft'; readonly session: LivingSession }
  | { readonly verdict: 'over' | 'foreign' };

export function createRefreshSession(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  notices: { readonly send: SendNotice };
  life: SessionLife;
  refreshTokens: RefreshTokens;
  settleGrant: SettleGrant;
  issueTokens: IssueTokens;
  rotateAtOnce: RotateAtOnce;
  countMadeUpToken: CountMadeUpToken;
  store: SessionsStore;
}): RefreshSession {
  const { db, clock, audit, notices, life, refreshTokens, settleGrant, issueTokens, store } = deps;
  const { rotateAtOnce, countMadeUpToken } = deps;

  /** Rotates if it can; what the token means otherwise. */
  const claim = async (tx: Tx, { presented, successor }: Presented): Promise<Claim> => {
    const now = clock.now();
    const session = await store.find(tx, presented.sessionId, now);
    if (session === undefined) return { verdict: 'over' };
    const statusIndex = session.statusIndex ?? (await store.takeStatusIndex(tx, now));
    const { expiresAt } = session;
    if (await store.rotate(tx, rotationOf({ presented, successor }, { expiresAt, statusIndex }, life, now)))
      return { verdict: 'rotated', session: { ...session, statusIndex }, successor };
    // Read again: whoever was faster has changed what was read before.
    return judge(await store.find(tx, presented.sessionId, now), presented, successor, now);
  };

  const judge = (
    session: LivingSession | undefined,
    presented: RefreshToken,
    successor: RefreshToken,
    now: Instant,
  ): Claim => {
    if (session === undefined) return { verdict: 'over' };
    const held = heldSuccessor(session, [successor, ...refreshTokens.otherSuccessorsOf(presented)]);
    const verdict = judgeUnrotated(session, presented, held, now, life.graceMs);
    if (verdict === 'theft') return { verdict, session };
    return verdict === 'repeat' && held !== undefined ? { verdict, session, successor: held } : { verdict: 'over' };
  };

  /** Of several that find it out at once, one ends the session and records it. */
  const endStolen = async (tx: Tx, { user, id }: LivingSession, { ip, userAgent }: RequestOrigin): Promise<Verdict> => {
    if (!(await store.end(tx, id, 'stolen', clock.now()))) return 'over';
    await audit.record(tx, { event: 'session.stolen', subject: user.id, session: id, ip });
    await notices.send(tx, user.id, 'session-stolen', { ip, userAgent });
    return 'theft';
  };

  /** Whatever the token means, in one transaction: the only place where that is judged. */
  const rotateOrJudge = (token: Presented, origin: RequestOrigin): Promise<TokenGrant | Verdict> =>
    db.transact(async (tx) => {
      const claimed = await claim(tx, token);
      if (claimed.verdict === 'theft') return endStolen(tx, claimed.session, origin);
      if (!('successor' in claimed)) return claimed.verdict;
      const { session, successor } = claimed;
      const { user, expiresAt, statusIndex } = session;
      const { clientId } = token;
      return settleGrant(tx, { user, refreshToken: successor, expiresAt, statusIndex, clientId });
    });

  return async (text, { origin, clientId }) => {
    const presented = refreshTokens.read(text);
    if (presented === undefined) {
      await countMadeUpToken(origin.ip);
      throw invalidRefreshToken();
    }
    const token = { presented, successor: refreshTokens.successorOf(presented), clientId };
    const outcome = (await rotateAtOnce(token)) ?? (await rotateOrJudge(token, origin));
    if (outcome === 'theft') throw refreshTokenReused();
    if (typeof outcome === 'string') throw invalidRefreshToken();
    return issueTokens(outcome);
  };
}
