/**
 * Owns: which permissions exist, which roles hold them, who has which role.
 * Tables: permissions, roles, role_permissions, user_roles (publishes all columns for reading to the floors above).
 * Specifications: RBAC as in NIST INCITS 359 (core), without hierarchies.
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Audit } from '../audit/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type Authority, type Credentials, createAuthority } from './authority.ts';
import { type ChangeRole, createChangeRole } from './change-role.ts';
import { createChangeableRoles } from './changeable-role.ts';
import { type CreateRole, createCreateRole } from './create-role.ts';
import { createDeleteRole, createSweepRoles, type DeleteRole } from './delete-role.ts';
import { createExplainPermission, type ExplainPermission } from './explain-permission.ts';
import { createRolesHolding } from './personal-data.ts';
import { createPreviewRole, type PreviewRole } from './preview-role.ts';
import { createReadRoles, type ReadRoles } from './read-roles.ts';
import { createRegisterPermission, type RegisterPermission } from './register-permission.ts';
import { createRemovePermission, type RemovePermission } from './remove-permission.ts';
import { createReplaceUserRoles, type ReplaceUserRoles } from './replace-user-roles.ts';
import type { PermissionEntry } from './role.ts';
import { rolesStore } from './store.sql.ts';
import type { Page, RolesStore } from './store.ts';
import { createUpdateRole, type UpdateRole } from './update-role.ts';

export { type Authority, type Credentials, isThemselves } from './authority.ts';
export { lastAdmin, permissionNotHeld, userHoldsMore } from './errors.ts';
export { permissionRoutes } from './permission-routes.ts';
export { adminRoleName, permissionPattern, permissionsOutside } from './policy.ts';
export type { RolePreview } from './preview-role.ts';
export type { HeldRow, PermissionEntry, Role } from './role.ts';
export { roleRoutes } from './routes.ts';
export type { RolesStore } from './store.ts';
export type { RolesTables as PublishedRoles } from './tables.ts';
export { userRoleRoutes } from './user-role-routes.ts';

export const rolesHolding = createRolesHolding(rolesStore);

export interface Roles {
  readonly authority: Authority;
  readonly read: ReadRoles;
  readonly createRole: CreateRole;
  readonly updateRole: UpdateRole;
  readonly deleteRole: DeleteRole;
  readonly previewRole: PreviewRole;
  readonly changeRole: ChangeRole;
  readonly replaceUserRoles: ReplaceUserRoles;
  readonly explainPermission: ExplainPermission;
  readonly registerPermission: RegisterPermission;
  readonly removePermission: RemovePermission;
  /** By name; all of them unless a page is asked for. */
  readonly listPermissions: (page?: Page<string>) => Promise<PermissionEntry[]>;
  /** Removes what is left of deleted roles. */
  readonly sweep: () => Promise<void>;
  readonly store: RolesStore;
}

export function createRoles(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  credentials: Credentials;
}): Roles {
  const store = rolesStore;
  const authority = createAuthority({ ...deps, store });
  const changeable = createChangeableRoles({ authority, store });
  const parts = { ...deps, authority, changeable, store };
  return {
    authority,
    read: createReadRoles(parts),
    createRole: createCreateRole(parts),
    updateRole: createUpdateRole(parts),
    deleteRole: createDeleteRole(parts),
    previewRole: createPreviewRole(parts),
    changeRole: createChangeRole(parts),
    replaceUserRoles: createReplaceUserRoles(parts),
    explainPermission: createExplainPermission(parts),
    registerPermission: createRegisterPermission(parts),
    removePermission: createRemovePermission(parts),
    listPermissions: (page) =>
      page === undefined ? store.listPermissions(deps.db) : store.listSomePermissions(deps.db, page),
    sweep: createSweepRoles(parts),
    store,
  };
}
