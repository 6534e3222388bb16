/**
 * Owns: sessions, their access and refresh tokens, and what ends them.
 * Tables: sessions, status_indexes.
 * Specifications: RFC 9068 (access tokens), RFC 9700 §4.14 (refresh token rotation), RFC 6750 (bearer), RFC 8725 (JWT BCP).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Audit } from '../audit/index.ts';
import type { GetKeyRing } from '../keys/index.ts';
import type { SendNotice } from '../notices/index.ts';
import type { Authority, RolesStore } from '../roles/index.ts';
import type { CountMadeUpToken } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { createAccessTokens } from './access-token.ts';
import { type Authenticate, createAuthenticate } from './authenticate.ts';
import { createEndOwnSessions, type EndOwnSessions } from './end-own-sessions.ts';
import { createEndPresented } from './end-presented.ts';
import { createEndSessions, type EndSessions } from './end-sessions.ts';
import { createIntrospect, type Introspect } from './introspect.ts';
import { createIssueTokens, createSettleGrant, type IssueTokens } from './issue-tokens.ts';
import { createLogOut, type LogOut } from './log-out.ts';
import { createIsNewDevice } from './new-device.ts';
import type { OwnSession } from './own-session.ts';
import { createSessionsHolding } from './personal-data.ts';
import { createRefreshSession, type RefreshSession } from './refresh-session.ts';
import { createRefreshTokens, type RefreshTokens } from './refresh-token.ts';
import { createRevokeToken, type RevokeToken } from './revoke-token.ts';
import { createRotateAtOnce } from './rotate-at-once.ts';
import { createSessionLife } from './session-life.ts';
import { createSessionLives } from './session-lives.ts';
import { createStartSession, type StartSession } from './start-session.ts';
import { sessionsStore } from './store.sql.ts';
import type { SessionsStore } from './store.ts';
import { createSweep } from './sweep.ts';
import { createUserSessions, type UserSessions } from './user-sessions.ts';

export { sessionSettings } from './config.ts';
export type { EndSessions } from './end-sessions.ts';
export { invalidRefreshToken, refreshTokenReused } from './errors.ts';
export type { ActiveToken } from './introspect.ts';
export type { IssueTokens, Tokens } from './issue-tokens.ts';
export { ownSessionRoutes } from './own-routes.ts';
export type { RefreshSession } from './refresh-session.ts';
export { accessTokenReply, forbidCaching, setRefreshCookie, userReply } from './replies.ts';
export { sessionRoutes } from './routes.ts';
export type { StartedSession, StartSession } from './start-session.ts';
export { statusListSize, statusListUri } from './status-reference.ts';
export type { EndedSession, SessionsStore } from './store.ts';
export type { SessionUser, TokenGrant } from './token-grant.ts';
export { userSessionRoutes } from './user-session-routes.ts';

export const sessionsHolding = createSessionsHolding(sessionsStore);

/** For the roles: they are built before the sessions. */
export const sessionLives = (deps: { clock: Clock }) => createSessionLives({ ...deps, store: sessionsStore });

export interface Sessions {
  readonly authenticate: Authenticate;
  /** Whether an access token was verified before, whatever has become of it. */
  readonly isKnownToken: (token: string) => boolean;
  readonly start: StartSession;
  readonly issueTokens: IssueTokens;
  readonly refresh: RefreshSession;
  readonly logOut: LogOut;
  readonly revokeToken: RevokeToken;
  readonly introspect: Introspect;
  readonly listOwn: (user: UserId) => Promise<OwnSession[]>;
  readonly endOwn: EndOwnSessions;
  readonly ofUser: UserSessions;
  readonly endSessions: EndSessions;
  /** Removes what is long over. To be called now and then. */
  readonly sweep: () => Promise<void>;
  readonly store: SessionsStore;
}

export interface SessionsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly secretKeys: SecretKeys;
  readonly issuer: string;
  readonly keys: { readonly ring: GetKeyRing };
  readonly users: UsersStore;
  readonly roles: RolesStore;
  readonly authority: Authority;
  readonly audit: Audit;
  readonly notices: { readonly send: SendNotice };
  readonly throttle: { readonly countMadeUpToken: CountMadeUpToken };
  readonly settings: {
    readonly accessTokenTtlSeconds: number;
    readonly refreshTtlSeconds: number;
    readonly idleTtlSeconds: number | undefined;
    readonly graceSeconds: number;
  };
}

/** Wraps parts of the feature: for tests which show that the proof of the rotation would notice (server/test/rotation/). */
export interface SessionParts {
  readonly store?: (store: SessionsStore) => SessionsStore;
  readonly refreshTokens?: (refreshTokens: RefreshTokens) => RefreshTokens;
}

export function createSessions(
  deps: SessionsDeps,
  { store: wrapStore, refreshTokens: wrapTokens }: SessionParts = {},
): Sessions {
  const { roles, settings, throttle } = deps;
  const store = wrapStore?.(sessionsStore) ?? sessionsStore;
  const refreshTokens = createRefreshTokens(deps);
  const accessTokens = createAccessTokens({ ...deps, ttlSeconds: settings.accessTokenTtlSeconds });
  const endSessions = createEndSessions({ ...deps, store });
  const life = createSessionLife(settings);
  const settleGrant = createSettleGrant({ roles });
  const parts = {
    ...deps,
    store,
    accessTokens,
    countMadeUpToken: throttle.countMadeUpToken,
    life,
    refreshTokens: wrapTokens?.(refreshTokens) ?? refreshTokens,
    settleGrant,
    rotateAtOnce: createRotateAtOnce({ ...deps, life, settleGrant, store }),
    issueTokens: createIssueTokens({ accessTokens }),
    endSessions,
    endPresented: createEndPresented({ ...deps, endSessions, store }),
    isNewDevice: createIsNewDevice({ store }),
  };
  return {
    authenticate: createAuthenticate(parts),
    isKnownToken: accessTokens.isKnown,
    start: createStartSession(parts),
    issueTokens: parts.issueTokens,
    refresh: createRefreshSession(parts),
    logOut: createLogOut(parts),
    revokeToken: createRevokeToken(parts),
    introspect: createIntrospect(parts),
    listOwn: (user) => store.listLiving(deps.db, user, deps.clock.now()),
    endOwn: createEndOwnSessions(parts),
    ofUser: createUserSessions(parts),
    endSessions,
    sweep: createSweep(parts),
    store,
  };
}
