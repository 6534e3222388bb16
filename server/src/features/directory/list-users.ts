import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Cursors } from '../../kernel/cursors.ts';
import type { RoleId } from '../../kernel/ids.ts';
import { invalidCursor } from '../../kernel/invalid-cursor.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Authority, RolesStore } from '../roles/index.ts';
import { foldEmailPrefix, foldUsername } from '../users/index.ts';
import { listNotOffered } from './errors.ts';
import type { FindUsers } from './find-users.ts';
import { planOf, type UserQuery, visibleTo } from './policy.ts';
import type { Position } from './store.ts';
import { recordOf, type UserRecord } from './user-record.ts';

/** What is asked, as it was typed. */
export interface ListUsersCommand extends Omit<UserQuery, 'role'> {
  /** The name of a role. */
  readonly role?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Who asks, with `users:read`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
}

export interface UserPage {
  readonly users: readonly Partial<UserRecord>[];
  /** Undefined at the end of the list. */
  readonly nextCursor: string | undefined;
}

/**
 * A page of the users. Whoever is in the list, under the same key, from the first page to the last is in it once, whatever happens to
 * others meanwhile.
 *
 * A page of the holders of a role may be short, or empty, and yet not be the last: only so many of them are looked at for one page.
 *
 * @throws listNotOffered, invalidCursor; lackingPermission for the holders of a role without `roles:read`
 */
export type ListUsers = (command: ListUsersCommand) => Promise<UserPage>;

export function createListUsers(deps: {
  db: Database;
  clock: Clock;
  cursors: Cursors;
  roles: RolesStore;
  authority: Authority;
  findUsers: FindUsers;
}): ListUsers {
  const { db, clock, cursors, roles, authority, findUsers } = deps;

  const roleOf = async (name: string | undefined): Promise<RoleId | undefined> => {
    const role = name === undefined ? undefined : await roles.findRoleId(db, name);
    if (name !== undefined && role === undefined) throw listNotOffered({ detail: 'There is no role with this name.' });
    return role;
  };

  const positionOf = (cursor: string | undefined, boundTo: unknown): Position | undefined => {
    if (cursor === undefined) return undefined;
    const position = cursors.open(cursor, boundTo);
    if (position === undefined) throw invalidCursor();
    return position as Position;
  };

  return async ({ limit, cursor, by, ...typed }) => {
    const email = typed.email === undefined ? undefined : foldEmailPrefix(typed.email);
    const username = typed.username === undefined ? undefined : foldUsername(typed.username);
    // Who holds a role is told to those who may see that.
    if (typed.role !== undefined) await authority.assertHolds(db, by, 'roles:read');
    const plan = planOf({ ...typed, email, username, role: await roleOf(typed.role) });
    if (typeof plan === 'string') throw listNotOffered({ detail: plan });
    const { status, descending } = typed;
    // Bound to who asks as well: a cursor that is found in a log is worth nothing to anybody else.
    const boundTo = [plan, status, descending, by?.userId ?? 0, by?.apiKey ?? ''];
    const now = clock.now();
    const found = await findUsers(plan, { status, descending, limit, after: positionOf(cursor, boundTo), now });
    const held = by && new Set((await authority.grantsOf(db, by)).permissions);
    return {
      users: found.users.map((user) => visibleTo(held, recordOf(user, now))),
      nextCursor: found.next && cursors.seal(found.next, boundTo),
    };
  };
}
