import type { Database } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import type { User } from '../users/index.ts';
import type { StatusFilter } from './policy.ts';

/** The place of a user in a list: its key there, and the id for those whose keys are equal. */
export interface Position {
  readonly key: string | number;
  readonly id: number;
}

export interface PageQuery {
  readonly by: 'created' | 'email' | 'username';
  readonly from: string | number | undefined;
  readonly to: string | number | undefined;
  readonly status: StatusFilter;
  readonly descending: boolean;
  /** The last one of the page before. */
  readonly after: Position | undefined;
  readonly limit: number;
  /** By which it is decided which disabilities have run out. */
  readonly now: Instant;
}

/** Users in the order of a key. Reads alone: users and roles own what is read. */
export interface DirectoryStore {
  /** One page, each user with their key. A single statement, so that nobody is on both sides of a change. */
  page(db: Database, query: PageQuery): Promise<(User & { readonly key: string | number })[]>;
  /** So many holders of a role in the order of their ids, whatever their status. */
  members(
    db: Database,
    query: { role: RoleId; descending: boolean; after: UserId | undefined; limit: number },
  ): Promise<User[]>;
}
