/**
 * Owns: the list of users as those see it who look after them: search, pages, and which of its fields are whose to see.
 * Tables: none; reads what users and roles publish.
 * Specifications: ASVS 5.0 8.2.3 (field-level access).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createCursors } from '../../kernel/cursors.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Authority, RolesStore } from '../roles/index.ts';
import type { SessionsStore } from '../sessions/index.ts';
import type { UsersStore } from '../users/index.ts';
import { createFindUsers } from './find-users.ts';
import { createListUsers, type ListUsers } from './list-users.ts';
import { createShowUser, type ShowUser } from './show-user.ts';
import { directoryStore } from './store.sql.ts';

export type { ListUsersCommand } from './list-users.ts';
export { userRecordReply } from './replies.ts';
export { directoryRoutes } from './routes.ts';

export interface Directory {
  readonly list: ListUsers;
  readonly show: ShowUser;
}

export function createDirectory(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  secretKeys: SecretKeys;
  users: UsersStore;
  roles: RolesStore;
  authority: Authority;
  sessions: SessionsStore;
}): Directory {
  const findUsers = createFindUsers({ ...deps, store: directoryStore });
  return {
    list: createListUsers({ ...deps, findUsers, cursors: createCursors(deps, 'users') }),
    show: createShowUser(deps),
  };
}
