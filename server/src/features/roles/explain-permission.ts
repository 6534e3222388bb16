import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import { statusOf, type UserStatus, type UsersStore, userNotFound } from '../users/index.ts';
import { type Authority, isThemselves } from './authority.ts';
import type { Role } from './role.ts';
import type { RolesStore } from './store.ts';

/** Why somebody may do something, or may not. Stable, as the codes of refusals. */
export type PermissionReason =
  | 'given-by-role'
  | 'unknown-permission'
  | 'no-role-with-it'
  | 'user-disabled'
  | 'user-deleted';

export interface Explanation {
  readonly allowed: boolean;
  readonly reason: PermissionReason;
  /** The roles of the user that hold the permission; also where they are of no use, since the user is shut out. */
  readonly givenBy: readonly Role[];
  /** The same in a sentence. */
  readonly detail: string;
}

/**
 * One's own, or with `roles:read` anybody's. Without it the answer is the same whether or not the other exists.
 *
 * @throws lackingPermission, userNotFound
 */
export type ExplainPermission = (query: {
  readonly user: UserId;
  readonly permission: Permission;
  readonly by: Actor | undefined;
}) => Promise<Explanation>;

export function createExplainPermission(deps: {
  db: Database;
  clock: Clock;
  users: UsersStore;
  authority: Authority;
  store: RolesStore;
}): ExplainPermission {
  const { db, clock, users, authority, store } = deps;
  return async ({ user: id, permission, by }) => {
    if (!isThemselves(by, id)) await authority.assertHolds(db, by, 'roles:read');
    const user = await users.find(db, id);
    if (user === undefined) throw userNotFound();
    const known = (await store.findPermission(db, permission)) !== undefined;
    const roles = known ? await store.rolesOf(db, id) : [];
    const givenBy = roles.filter((role) => role.permissions.includes(permission));
    const reason = known ? reasonOf(statusOf(user, clock.now()), givenBy) : 'unknown-permission';
    return { allowed: reason === 'given-by-role', reason, givenBy, detail: sentences[reason](givenBy) };
  };
}

function reasonOf(status: UserStatus, givenBy: readonly Role[]): PermissionReason {
  if (status !== 'active') return `user-${status}`;
  return givenBy.length > 0 ? 'given-by-role' : 'no-role-with-it';
}

const sentences: Readonly<Record<PermissionReason, (givenBy: readonly Role[]) => string>> = {
  'given-by-role': (givenBy) => `Given by ${namesOf(givenBy)}.`,
  'unknown-permission': () => 'There is no such permission, so nobody holds it.',
  'no-role-with-it': () => 'None of the roles of this user holds it.',
  'user-disabled': (givenBy) => `The user is disabled.${wouldHold(givenBy)}`,
  'user-deleted': (givenBy) => `The user is deleted.${wouldHold(givenBy)}`,
};

const wouldHold = (givenBy: readonly Role[]): string =>
  givenBy.length > 0 ? ` Otherwise it would be given by ${namesOf(givenBy)}.` : ' No role of theirs holds it either.';

const namesOf = (roles: readonly Role[]): string =>
  roles.map(({ name, builtIn }) => `the role ${name}${builtIn ? ', which holds everything' : ''}`).join('; ');
