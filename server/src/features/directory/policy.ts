import type { Instant } from '../../kernel/clock.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { UserRecord } from './user-record.ts';

/** What a caller must hold to see a field of a user. What they may not see is not there. */
export const neededToSee = {
  id: 'users:read',
  username: 'users:read',
  email: 'users:read',
  emailVerified: 'users:read',
  status: 'users:read',
  createdAt: 'users:read',
  deletedAt: 'users:read',
  disabledAt: 'users:disable',
  disabledUntil: 'users:disable',
  disabledReason: 'users:disable',
  lastLoginAt: 'sessions:read',
} as const satisfies Record<keyof UserRecord, Permission>;

/** @param held what the caller holds; `undefined` is the operator, who sees everything */
export function visibleTo(held: ReadonlySet<Permission> | undefined, record: UserRecord): Partial<UserRecord> {
  const mayBeSeen = ([field]: [string, unknown]) =>
    held === undefined || held.has(neededToSee[field as keyof UserRecord]);
  return Object.fromEntries(Object.entries(record).filter(mayBeSeen));
}

/** Without a status: all who are not deleted. */
export type StatusFilter = 'active' | 'disabled' | 'deleted' | 'living' | 'any';

/** What somebody asks of the list. */
export interface UserQuery {
  readonly status: StatusFilter;
  readonly id?: UserId | undefined;
  /** What the e-mail address begins with, folded. */
  readonly email?: string | undefined;
  /** What the username begins with, folded. */
  readonly username?: string | undefined;
  readonly role?: RoleId | undefined;
  /** At this instant or later. */
  readonly createdAfter?: Instant | undefined;
  /** Before this instant. */
  readonly createdBefore?: Instant | undefined;
  readonly sort?: 'created' | 'email' | 'username' | undefined;
  readonly descending: boolean;
}

/** How a query is served: by which index, and which part of it. */
export type Plan =
  | { readonly by: 'id'; readonly id: UserId }
  | { readonly by: 'role'; readonly role: RoleId }
  | {
      readonly by: 'created' | 'email' | 'username';
      /** The first key, and the one behind the last. */
      readonly from: string | number | undefined;
      readonly to: string | number | undefined;
    };

/** No name holds it, since it is no character (Unicode §23.7); behind a prefix it is greater than whatever may follow there. */
const greatest = '\u{10ffff}';

/** @returns why there is no index for it, as a text */
export function planOf(query: UserQuery): Plan | string {
  const { id, email, username, role, createdAfter, createdBefore, sort } = query;
  const searches = Object.entries({ id, email, username, role }).filter(([, value]) => value !== undefined);
  if (searches.length > 1) return `Search by one of ${searches.map(([name]) => name).join(', ')}, not by several.`;
  const [search] = searches.map(([name]) => name);
  const between = createdAfter !== undefined || createdBefore !== undefined;
  if (between && search !== undefined) return `A time of creation does not go together with ${search}.`;
  if (between && sort !== undefined && sort !== 'created') return 'A time of creation wants the sort created.';
  if (id !== undefined) return { by: 'id', id };
  if (role !== undefined) {
    return sort === undefined || sort === 'created' ? { by: 'role', role } : 'A role wants the sort created.';
  }
  for (const by of ['email', 'username'] as const) {
    const prefix = query[by];
    if (prefix === undefined) continue;
    if (sort !== undefined && sort !== by) return `A search by ${by} wants the sort ${by}.`;
    return { by, from: prefix, to: prefix + greatest };
  }
  const by = sort ?? 'created';
  return by === 'created' ? { by, from: createdAfter, to: createdBefore } : { by, from: undefined, to: undefined };
}
