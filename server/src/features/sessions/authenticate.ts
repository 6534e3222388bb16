import type { Reads } from '../../db/database.ts';
import { invalidToken, lackingPermission } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Permission, Person } from '../../kernel/principal.ts';
import { andThen, type Soon } from '../../kernel/soon.ts';
import type { AccessClaims, AccessTokens } from './access-token.ts';
import type { SessionsStore } from './store.ts';

/**
 * Who presents this access token: signature first, then the one read that tells whether its session lives, its user is active, and
 * `permission` is held. So whatever ends a session holds from the next request on.
 *
 * @throws invalidToken, lackingPermission
 */
export type Authenticate = (token: string, permission: Permission | undefined) => Soon<Person>;

export function createAuthenticate(deps: {
  db: Reads;
  clock: Clock;
  accessTokens: AccessTokens;
  store: SessionsStore;
}): Authenticate {
  const { db, clock, accessTokens, store } = deps;

  const personOf = (claims: AccessClaims | undefined, permission: Permission | undefined): Soon<Person> => {
    if (claims === undefined) throw invalidToken();
    const { sessionId: session, userId: user } = claims;
    return andThen(store.authenticate(db, { session, user, now: clock.now(), permission }), (found) => {
      if (found === undefined) throw invalidToken();
      if (permission !== undefined && !found.permitted) throw lackingPermission(permission);
      return found.principal;
    });
  };

  return (token, permission) => andThen(accessTokens.verify(token), (claims) => personOf(claims, permission));
}
