import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { AccessTokens } from './access-token.ts';
import { nothingToLogOut } from './errors.ts';
import type { RefreshTokens } from './refresh-token.ts';
import type { SessionsStore } from './store.ts';

/** What a client may present to be logged out; each that is valid ends its session. */
export interface LogOutCommand {
  readonly accessToken?: string | undefined;
  readonly refreshTokens: readonly string[];
  readonly origin: RequestOrigin;
}

/** @throws nothingToLogOut when none of them belongs to a living session */
export type LogOut = (command: LogOutCommand) => Promise<void>;

export function createLogOut(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  store: SessionsStore;
}): LogOut {
  const { db, clock, audit, accessTokens, refreshTokens, store } = deps;

  /** A refresh token of any generation will do: ending a session is safe, whoever asks for it with a token of that session. */
  const sessionsOf = (command: LogOutCommand): Set<SessionId> => {
    const access = command.accessToken === undefined ? undefined : accessTokens.verify(command.accessToken);
    const refresh = command.refreshTokens.map((token) => refreshTokens.read(token));
    return new Set([access, ...refresh].flatMap((token) => token?.sessionId ?? []));
  };

  return async (command) => {
    const candidates = sessionsOf(command);
    const ended = await db.transact(async (tx) => {
      let count = 0;
      for (const session of candidates) {
        const now = clock.now();
        const found = await store.find(tx, session);
        if (found === undefined || now >= found.expiresAt || now >= found.idleExpiresAt) continue;
        if (!(await store.end(tx, session, 'logout', now))) continue;
        const user = found.user.id;
        const { ip } = command.origin;
        await audit.record(tx, { event: 'session.ended', actor: user, subject: user, session, ip, reason: 'logout' });
        count += 1;
      }
      return count;
    });
    if (ended === 0) throw nothingToLogOut();
  };
}
