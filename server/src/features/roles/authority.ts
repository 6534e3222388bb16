import type { Reads } from '../../db/database.ts';
import { invalidApiKey, invalidToken, lackingPermission } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ApiKeyId, SessionId, UserId } from '../../kernel/ids.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import { isActive, type UsersStore } from '../users/index.ts';
import { userHoldsMore } from './errors.ts';
import { covers, grantsWithin } from './policy.ts';
import type { Grants } from './role.ts';
import type { RolesStore } from './store.ts';

/**
 * What one user may do to another, as it stands in this transaction: a permission that was taken away while the request was under way
 * counts no longer. `by` is `undefined` for the operator, who may do everything.
 */
export interface Authority {
  /** What they hold, as far as their credential reaches. */
  grantsOf(db: Reads, by: Actor): Promise<Grants>;
  /**
   * Who was deleted or disabled while the request was under way holds nothing any more; nor who acts by a session that has ended or a key
   * that was revoked meanwhile.
   *
   * @throws lackingPermission, invalidToken, invalidApiKey
   */
  assertHolds(db: Reads, by: Actor | undefined, permission: Permission): Promise<void>;
  /**
   * Nobody acts on a user to whom they could not have given what that user holds: else a permission to disable or delete would be one to
   * get rid of whoever stands above. Everybody reaches themselves in person, and by an API key never.
   *
   * Who was shut out while the request was under way, as above, reaches nobody any more. Asked behind the change, it sees all that the
   * change had to wait for.
   *
   * @throws userHoldsMore, invalidToken, invalidApiKey
   */
  assertReaches(db: Reads, by: Actor | undefined, subject: UserId): Promise<void>;
}

/**
 * The port to whoever knows sessions and API keys, which stand on higher floors: whether the one by which somebody acts is good, and its
 * user active, in this transaction.
 */
export interface Credentials {
  sessionLives(db: Reads, credential: { readonly userId: UserId; readonly sessionId: SessionId }): Promise<boolean>;
  apiKeyLives(db: Reads, credential: { readonly userId: UserId; readonly apiKey: ApiKeyId }): Promise<boolean>;
}

/** Whether this is the user in person; a credential that is limited to permissions has no right to their own affairs. */
export const isThemselves = (by: Actor | undefined, user: UserId): boolean =>
  by?.userId === user && by.limitedTo === undefined;

export function createAuthority(deps: {
  clock: Clock;
  users: UsersStore;
  credentials: Credentials;
  store: RolesStore;
}): Authority {
  const { clock, users, credentials, store } = deps;

  /** Each is one read. */
  const assertGood = async (db: Reads, { userId, sessionId, apiKey }: Actor): Promise<void> => {
    if (apiKey !== undefined) {
      if (!(await credentials.apiKeyLives(db, { userId, apiKey }))) throw invalidApiKey();
    } else if (sessionId !== undefined) {
      if (!(await credentials.sessionLives(db, { userId, sessionId }))) throw invalidToken();
    } else if (!isActive(await users.find(db, userId), clock.now())) throw invalidToken();
  };

  const grantsOf = async (db: Reads, by: Actor): Promise<Grants> =>
    grantsWithin(await store.grantsOf(db, by.userId), by.limitedTo);

  return {
    grantsOf,
    async assertHolds(db, by, permission) {
      if (by === undefined) return;
      await assertGood(db, by);
      if (!(await grantsOf(db, by)).permissions.includes(permission)) throw lackingPermission(permission);
    },
    async assertReaches(db, by, subject) {
      if (by === undefined || isThemselves(by, subject)) return;
      // What a key holds is its owner's: it is not for it to shut them out.
      if (by.userId === subject) throw userHoldsMore();
      await assertGood(db, by);
      if (!covers(await grantsOf(db, by), await store.grantsOf(db, subject))) throw userHoldsMore();
    },
  };
}
