import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { asSessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Random } from '../../kernel/random.ts';
import type { Audit } from '../audit/index.ts';
import type { IssueTokens, SessionUser, Tokens } from './issue-tokens.ts';
import type { RefreshTokens } from './refresh-token.ts';
import type { SessionLife } from './session-life.ts';
import type { SessionsStore } from './store.ts';

/** Longest user agent that is kept; what is longer is cut. */
const maxUserAgentLength = 256;

/** Begins a session for a user whose proof has been accepted, inside the caller's transaction, and issues its first tokens. */
export type StartSession = (
  tx: Tx,
  user: SessionUser,
  options: { origin: RequestOrigin; clientId: string; proof: string },
) => Promise<Tokens>;

export function createStartSession(deps: {
  clock: Clock;
  random: Random;
  audit: Audit;
  life: SessionLife;
  refreshTokens: RefreshTokens;
  issueTokens: IssueTokens;
  store: SessionsStore;
}): StartSession {
  const { clock, random, audit, life, refreshTokens, issueTokens, store } = deps;
  return async (tx, user, { origin, clientId, proof }) => {
    const now = clock.now();
    const token = refreshTokens.first(asSessionId(random.bytes(16).toString('base64url')));
    const expiresAt = life.expiresAt(now);
    await store.start(tx, {
      id: token.sessionId,
      userId: user.id,
      tokenHash: token.hash,
      createdAt: now,
      expiresAt,
      idleExpiresAt: life.idleExpiresAt(now, expiresAt),
      ip: origin.ip,
      userAgent: origin.userAgent.slice(0, maxUserAgentLength),
    });
    const event = { actor: user.id, subject: user.id, session: token.sessionId, ip: origin.ip, reason: proof };
    await audit.record(tx, { event: 'session.started', ...event });
    return issueTokens(tx, user, token, { expiresAt, clientId });
  };
}
