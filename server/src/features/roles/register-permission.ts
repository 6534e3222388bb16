import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Authority } from './authority.ts';
import type { PermissionEntry } from './role.ts';
import type { RolesStore } from './store.ts';

export interface RegisterPermissionCommand {
  readonly name: Permission;
  readonly description: string;
  readonly by: Actor | undefined;
  readonly ip?: string;
}

export type RegisterPermission = (command: RegisterPermissionCommand) => Promise<PermissionEntry>;

/** Makes a permission of an application known, so that roles can hold it. @throws lackingPermission, permissionExists */
export function createRegisterPermission(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  authority: Authority;
  store: RolesStore;
}): RegisterPermission {
  const { db, clock, audit, authority, store } = deps;
  return ({ name, description, by, ip }) =>
    db.transact(async (tx) => {
      await authority.assertHolds(tx, by, 'permissions:write');
      await store.addPermission(tx, { name, description, at: clock.now() });
      await audit.record(tx, { event: 'permission.registered', actor: by, ip, object: name });
      return { name, description, builtIn: false };
    });
}
