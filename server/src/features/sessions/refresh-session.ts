import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { invalidRefreshToken, refreshTokenReused } from './errors.ts';
import type { IssueTokens, Tokens } from './issue-tokens.ts';
import { judgeUnrotated, type Verdict } from './policy.ts';
import type { RefreshToken, RefreshTokens } from './refresh-token.ts';
import type { SessionLife } from './session-life.ts';
import type { LivingSession, SessionsStore } from './store.ts';

/**
 * Trades a refresh token for its successor and a new access token.
 *
 * The same token gives the same successor, however often and from wherever it comes within the grace; after it, the chain is held by
 * two, and the session ends (RFC 9700 §4.14.2).
 *
 * @throws invalidRefreshToken, refreshTokenReused
 */
export type RefreshSession = (token: string, options: { origin: RequestOrigin; clientId: string }) => Promise<Tokens>;

export function createRefreshSession(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  life: SessionLife;
  refreshTokens: RefreshTokens;
  issueTokens: IssueTokens;
  store: SessionsStore;
}): RefreshSession {
  const { db, clock, audit, life, refreshTokens, issueTokens, store } = deps;

  /** Rotates if it can; what the token means otherwise. */
  const claim = async (tx: Tx, presented: RefreshToken, successor: RefreshToken) => {
    const now = clock.now();
    const session = await store.find(tx, presented.sessionId);
    if (session === undefined) return { verdict: 'over' as const };
    const rotated = await store.rotate(tx, {
      id: presented.sessionId,
      generation: presented.generation,
      hash: presented.hash,
      nextHash: successor.hash,
      now,
      idleExpiresAt: life.idleExpiresAt(now, session.expiresAt),
    });
    if (rotated) return { verdict: 'rotated' as const, session };
    // Read again: whoever was faster has changed what was read before.
    const current = await store.find(tx, presented.sessionId);
    return { verdict: judgeUnrotated(current, presented, successor, now, life.graceMs), session };
  };

  const endStolen = async (
    tx: Tx,
    { sessionId }: RefreshToken,
    { user }: LivingSession,
    ip: string,
  ): Promise<Verdict> => {
    if (!(await store.end(tx, sessionId, 'stolen', clock.now()))) return 'over';
    await audit.record(tx, { event: 'session.stolen', subject: user.id, session: sessionId, ip });
    return 'theft';
  };

  return async (text, { origin, clientId }) => {
    const presented = refreshTokens.read(text);
    if (presented === undefined) throw invalidRefreshToken();
    const successor = refreshTokens.successorOf(presented);

    const outcome = await db.transact(async (tx): Promise<Tokens | Verdict> => {
      const { verdict, session } = await claim(tx, presented, successor);
      if (session === undefined) return verdict;
      if (verdict === 'theft') return endStolen(tx, presented, session, origin.ip);
      if (verdict !== 'rotated' && verdict !== 'repeat') return verdict;
      return issueTokens(tx, session.user, successor, { expiresAt: session.expiresAt, clientId });
    });

    if (outcome === 'theft') throw refreshTokenReused();
    if (typeof outcome === 'string') throw invalidRefreshToken();
    return outcome;
  };
}
