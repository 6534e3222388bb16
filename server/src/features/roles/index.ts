/**
 * Owns: which permissions exist, which roles hold them, who has which role.
 * Tables: permissions, roles, role_permissions, user_roles (publishes all columns for reading to the floors above).
 * Specifications: RBAC as in NIST INCITS 359 (core), without hierarchies.
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Audit } from '../audit/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type Authority, createAuthority } from './authority.ts';
import { type ChangeRole, createChangeRole } from './change-role.ts';
import { type CreateRole, createCreateRole } from './create-role.ts';
import { createRolesHolding } from './personal-data.ts';
import { createRegisterPermission, type RegisterPermission } from './register-permission.ts';
import type { PermissionEntry } from './role.ts';
import { rolesStore } from './store.sql.ts';
import type { RolesStore } from './store.ts';

export { type Authority, isThemselves } from './authority.ts';
export { lastAdmin, userHoldsMore } from './errors.ts';
export { adminRoleName, permissionPattern } from './policy.ts';
export { roleRoutes } from './routes.ts';
export type { RolesTables as PublishedRoles } from './store.sql.ts';
export type { RolesStore } from './store.ts';

export const rolesHolding = createRolesHolding(rolesStore);

export interface Roles {
  readonly authority: Authority;
  readonly createRole: CreateRole;
  readonly changeRole: ChangeRole;
  readonly registerPermission: RegisterPermission;
  readonly listPermissions: () => Promise<PermissionEntry[]>;
  readonly store: RolesStore;
}

export function createRoles(deps: { db: Database; clock: Clock; audit: Audit; users: UsersStore }): Roles {
  const authority = createAuthority({ ...deps, store: rolesStore });
  const parts = { ...deps, authority, store: rolesStore };
  return {
    authority,
    createRole: createCreateRole(parts),
    changeRole: createChangeRole(parts),
    registerPermission: createRegisterPermission(parts),
    listPermissions: () => rolesStore.listPermissions(deps.db),
    store: rolesStore,
  };
}
