import type { RoleId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';

export interface Role {
  readonly id: RoleId;
  readonly name: string;
  readonly description: string;
  /** Sorted. Of the built-in role: every permission there is. */
  readonly permissions: readonly Permission[];
  /** Whether it is the role `admin`, which holds everything, also what is registered later, and cannot be changed. */
  readonly builtIn: boolean;
  /** Counts its changes, from 1. */
  readonly version: number;
}

/** What a user may do now: the names of the roles and the union of their permissions, both sorted. */
export interface Grants {
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
}

/** A row of what a user holds: a role with one of its permissions, if it has any; of a user without roles, nothing. */
export interface HeldRow {
  readonly role: string | null;
  readonly grants_all: 0 | 1 | null;
  readonly permission: string | null;
}

export interface PermissionEntry {
  readonly name: Permission;
  readonly description: string;
  readonly builtIn: boolean;
}
