/**
 * Owns: sessions, their access and refresh tokens, and what ends them.
 * Tables: sessions.
 * Specifications: RFC 9068 (access tokens), RFC 9700 §4.14 (refresh token rotation), RFC 6750 (bearer), RFC 8725 (JWT BCP).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Audit } from '../audit/index.ts';
import type { KeyRing } from '../keys/index.ts';
import type { RolesStore } from '../roles/index.ts';
import { createAccessTokens } from './access-token.ts';
import { type Authenticate, createAuthenticate } from './authenticate.ts';
import { createEndOwnSessions, type EndOwnSessions } from './end-own-sessions.ts';
import { createIssueTokens } from './issue-tokens.ts';
import { createLogOut, type LogOut } from './log-out.ts';
import type { OwnSession } from './own-session.ts';
import { createRefreshSession, type RefreshSession } from './refresh-session.ts';
import { createRefreshTokens } from './refresh-token.ts';
import { createSessionLife } from './session-life.ts';
import { createStartSession, type StartSession } from './start-session.ts';
import { sessionsStore } from './store.sql.ts';
import type { SessionsStore } from './store.ts';
import { createSweep } from './sweep.ts';

export { sessionSettings } from './config.ts';
export { invalidRefreshToken, refreshTokenReused } from './errors.ts';
export type { Tokens } from './issue-tokens.ts';
export { ownSessionRoutes } from './own-routes.ts';
export type { RefreshSession } from './refresh-session.ts';
export { accessTokenReply, forbidCaching, setRefreshCookie, userReply } from './replies.ts';
export { sessionRoutes } from './routes.ts';
export type { StartSession } from './start-session.ts';
export type { SessionsStore } from './store.ts';

export interface Sessions {
  readonly authenticate: Authenticate;
  readonly start: StartSession;
  readonly refresh: RefreshSession;
  readonly logOut: LogOut;
  readonly listOwn: (user: UserId) => Promise<OwnSession[]>;
  readonly endOwn: EndOwnSessions;
  /** Removes what is long over. To be called now and then. */
  readonly sweep: () => Promise<void>;
  readonly store: SessionsStore;
}

export interface SessionsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly secretKey: Secret;
  readonly issuer: string;
  readonly keys: KeyRing;
  readonly roles: RolesStore;
  readonly audit: Audit;
  readonly settings: {
    readonly accessTokenTtlSeconds: number;
    readonly refreshTtlSeconds: number;
    readonly idleTtlSeconds: number | undefined;
    readonly graceSeconds: number;
  };
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { roles, settings } = deps;
  const store = sessionsStore;
  const accessTokens = createAccessTokens({ ...deps, ttlSeconds: settings.accessTokenTtlSeconds });
  const parts = {
    ...deps,
    store,
    accessTokens,
    life: createSessionLife(settings),
    refreshTokens: createRefreshTokens(deps),
    issueTokens: createIssueTokens({ accessTokens, roles }),
  };
  return {
    authenticate: createAuthenticate(parts),
    start: createStartSession(parts),
    refresh: createRefreshSession(parts),
    logOut: createLogOut(parts),
    listOwn: (user) => store.listLiving(deps.db, user, deps.clock.now()),
    endOwn: createEndOwnSessions(parts),
    sweep: createSweep(parts),
    store,
  };
}
