import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { PermissionEntry } from './role.ts';
import type { RolesStore } from './store.ts';

export interface RegisterPermissionCommand {
  readonly name: Permission;
  readonly description: string;
  readonly by: UserId | undefined;
}

export type RegisterPermission = (command: RegisterPermissionCommand) => Promise<PermissionEntry>;

/** Makes a permission of an application known, so that roles can hold it. @throws permissionExists */
export function createRegisterPermission(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  store: RolesStore;
}): RegisterPermission {
  const { db, clock, audit, store } = deps;
  return ({ name, description, by }) =>
    db.transact(async (tx) => {
      await store.addPermission(tx, { name, description, at: clock.now() });
      await audit.record(tx, { event: 'permission.registered', actor: by, object: name });
      return { name, description, builtIn: false };
    });
}
