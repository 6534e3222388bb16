import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { Grants, PermissionEntry, Role } from './role.ts';

/** The records of roles, permissions, and who has which role. */
export interface RolesStore {
  /** Makes sure that the built-in permissions and the role `admin` exist. */
  ensureBuiltIns(tx: Tx, at: Instant): Promise<void>;
  /** @throws roleExists */
  addRole(
    tx: Tx,
    role: { name: string; description: string; permissions: readonly Permission[]; at: Instant },
  ): Promise<RoleId>;
  /** @throws permissionExists */
  addPermission(tx: Tx, permission: { name: Permission; description: string; at: Instant }): Promise<void>;
  listRoles(db: Reads): Promise<Role[]>;
  listPermissions(db: Reads): Promise<PermissionEntry[]>;
  findRoleId(db: Reads, name: string): Promise<RoleId | undefined>;
  /** What the user may do, as it stands now. */
  grantsOf(db: Reads, user: UserId): Promise<Grants>;
  /** Gives a role; `false` when the user had it. */
  assign(tx: Tx, user: UserId, role: RoleId, at: Instant): Promise<boolean>;
  /** Takes a role; `false` when the user did not have it. */
  unassign(tx: Tx, user: UserId, role: RoleId): Promise<boolean>;
  /** Takes every role. */
  unassignAll(tx: Tx, user: UserId): Promise<void>;
  /**
   * The users who hold the role `admin` and are active now; until the transaction ends nobody can change who they are. Who is disabled
   * until an instant is none before it.
   */
  lockAdmins(tx: Tx, now: Instant): Promise<UserId[]>;
  /** Whether the user is the only one of them; locks in the same way. */
  isLastAdmin(tx: Tx, user: UserId, now: Instant): Promise<boolean>;
}
