import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { Grants, HeldRow, PermissionEntry, Role } from './role.ts';

/** What a listing begins behind, and how much of it is wanted. */
export interface Page<Key> {
  readonly after: Key;
  readonly limit: number;
}

/** A living user who has a role, and the other roles that they have. */
export interface Holder {
  readonly user: UserId;
  readonly others: readonly RoleId[];
}

export interface HolderPage {
  readonly holders: readonly Holder[];
  /** What the next page begins behind; `undefined` behind the last. A page may be empty, where all of it is deleted users. */
  readonly next: number | undefined;
}

/** The records of roles, permissions, and who has which role. */
export interface RolesStore {
  /** Makes sure that the built-in permissions and the role `admin` exist. */
  ensureBuiltIns(tx: Tx, at: Instant): Promise<void>;
  /**
   * From here to the end of the transaction nobody else changes what anybody may do: roles, who has them, who is an administrator. To be
   * called before anything else is locked or read.
   */
  lockGrants(tx: Tx): Promise<void>;

  /** @throws roleExists */
  addRole(
    tx: Tx,
    role: { name: string; description: string; permissions: readonly Permission[]; at: Instant },
  ): Promise<RoleId>;
  /** Gives the role its next version; `false` when `version` is not the one it has. @throws roleExists */
  updateRole(tx: Tx, role: Pick<Role, 'id' | 'name' | 'description' | 'version'>): Promise<boolean>;
  addToRole(tx: Tx, role: RoleId, permission: Permission): Promise<void>;
  removeFromRole(tx: Tx, role: RoleId, permission: Permission): Promise<void>;
  /** The role holds nothing any more, and its name is free; of two at once, one gets `true`. */
  deleteRole(tx: Tx, id: RoleId, at: Instant): Promise<boolean>;
  /** Removes what is left of deleted roles, so many assignments at most; `false` when there is nothing left. */
  sweepRoles(tx: Tx, limit: number): Promise<boolean>;
  findRole(db: Reads, id: RoleId): Promise<Role | undefined>;
  findRoleId(db: Reads, name: string): Promise<RoleId | undefined>;
  /** In the order of their ids. */
  listRoles(db: Reads, page: Page<number>): Promise<Role[]>;

  /** @throws permissionExists */
  addPermission(tx: Tx, permission: { name: Permission; description: string; at: Instant }): Promise<void>;
  /** Takes a permission out of every role, each of which gets its next version, and removes it. */
  removePermission(tx: Tx, name: Permission): Promise<void>;
  findPermission(db: Reads, name: Permission): Promise<PermissionEntry | undefined>;
  /** All of them, by name. */
  listPermissions(db: Reads): Promise<PermissionEntry[]>;
  listSomePermissions(db: Reads, page: Page<Permission>): Promise<PermissionEntry[]>;
  /** The roles that hold a permission by its name, in the order of their ids; not the built-in one, which holds all. */
  rolesWith(db: Reads, permission: Permission): Promise<Pick<Role, 'id' | 'name'>[]>;

  /** What the user may do, as it stands now. */
  grantsOf(db: Reads, user: UserId): Promise<Grants>;
  /** The same from rows that a feature above has read together with its own. */
  grantsIn(db: Reads, rows: readonly HeldRow[]): Promise<Grants>;
  /** The roles a user has, in the order of their ids. */
  rolesOf(db: Reads, user: UserId): Promise<Role[]>;
  /** Some of the living users who have a role, in the order of their ids. */
  holdersOf(db: Reads, role: RoleId, after: number): Promise<HolderPage>;
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
  /**
   * Whether the user is the only one of them who has ever signed in: for whom an account only waits may never come, and takes nobody's place
   * but that of another such. Locks in the same way.
   */
  isLastAdmin(tx: Tx, user: UserId, now: Instant): Promise<boolean>;
}
