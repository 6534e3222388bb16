import type { Reads } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { RolesStore } from '../roles/index.ts';
import type { AccessClaims, AccessPayload, AccessTokens } from './access-token.ts';
import { heldSuccessor, isLiving, judgeUnrotated } from './policy.ts';
import type { RefreshToken, RefreshTokens } from './refresh-token.ts';
import type { SessionLife } from './session-life.ts';
import type { LivingSession, SessionsStore } from './store.ts';
import type { SessionUser } from './token-grant.ts';

/** What an active token stands for at this moment. */
export type ActiveToken = ActiveAccessToken | ActiveRefreshToken;

interface ActiveAccessToken {
  readonly kind: 'access';
  readonly user: SessionUser;
  /** What was signed: it says the same as long as the token lives. */
  readonly payload: AccessPayload;
  /** As they stand now, and whole, unlike those in the token. */
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
}

interface ActiveRefreshToken {
  readonly kind: 'refresh';
  readonly user: SessionUser;
  readonly sessionId: SessionId;
  /** The end of the session, unless it is refreshed before. */
  readonly expiresAt: Instant;
}

/**
 * What a token is good for (RFC 7662), or `undefined` when it is good for nothing, for whatever reason. One read of the session and its
 * user decides, as it does for a request that presents the token; what the user may do is read besides, for an access token that is good.
 *
 * Only looks: a refresh token that is asked for is neither used up nor, when it is an old one, taken for stolen.
 */
export type Introspect = (token: string) => Promise<ActiveToken | undefined>;

export function createIntrospect(deps: {
  db: Reads;
  clock: Clock;
  life: SessionLife;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  roles: RolesStore;
  store: SessionsStore;
}): Introspect {
  const { db, clock, life, accessTokens, refreshTokens, roles, store } = deps;

  const ofAccess = async ({ sessionId, userId, payload }: AccessClaims): Promise<ActiveToken | undefined> => {
    const now = clock.now();
    const session = await store.find(db, sessionId, now);
    if (session === undefined || session.user.id !== userId || !isLiving(session, now)) return undefined;
    return { kind: 'access', user: session.user, payload, ...(await roles.grantsOf(db, userId)) };
  };

  /** The one that the session holds, or its parent within the grace: what refreshing would take. */
  const isGood = (session: LivingSession, presented: RefreshToken, now: Instant): boolean => {
    if (presented.generation === session.generation) return presented.hash === session.tokenHash;
    const successors = [refreshTokens.successorOf(presented), ...refreshTokens.otherSuccessorsOf(presented)];
    const held = heldSuccessor(session, successors);
    return judgeUnrotated(session, presented, held, now, life.graceMs) === 'repeat';
  };

  const ofRefresh = async (presented: RefreshToken): Promise<ActiveToken | undefined> => {
    const now = clock.now();
    const session = await store.find(db, presented.sessionId, now);
    if (session === undefined || !isLiving(session, now) || !isGood(session, presented, now)) return undefined;
    const { user, id: sessionId, expiresAt, idleExpiresAt } = session;
    return { kind: 'refresh', user, sessionId, expiresAt: Math.min(expiresAt, idleExpiresAt) };
  };

  return async (text) => {
    const refresh = refreshTokens.read(text);
    if (refresh !== undefined) return ofRefresh(refresh);
    const access = await accessTokens.verify(text);
    return access && ofAccess(access);
  };
}
