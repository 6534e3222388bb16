import type { Generated } from 'kysely';
import type { Instant } from '../../kernel/clock.ts';

/** SQL has no boolean on every database. */
export type Flag = 0 | 1;

export interface RolesTables {
  permissions: { name: string; description: string; built_in: Flag; created_at: Instant };
  roles: {
    id: Generated<number>;
    name: string;
    name_key: string;
    description: string;
    grants_all: Flag;
    created_at: Instant;
    /** Null is 1: an older release made it. */
    version: number | null;
    /** Who has a deleted role has nothing by it; the row goes when its last assignment is swept. */
    deleted_at: Instant | null;
  };
  role_permissions: { role_id: number; permission: string };
  user_roles: { user_id: number; role_id: number; assigned_at: Instant };
}
