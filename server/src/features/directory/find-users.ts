import type { Database } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asUserId } from '../../kernel/ids.ts';
import { statusOf, type User, type UsersStore } from '../users/index.ts';
import type { Plan, StatusFilter } from './policy.ts';
import type { DirectoryStore, Position } from './store.ts';

export interface Asked {
  readonly status: StatusFilter;
  readonly descending: boolean;
  readonly limit: number;
  readonly after: Position | undefined;
  readonly now: Instant;
}

export interface Found {
  readonly users: readonly User[];
  /** Behind which the next page begins; undefined at the end. */
  readonly next: Position | undefined;
}

/** Reads one page in the way of its plan. */
export type FindUsers = (plan: Plan, asked: Asked) => Promise<Found>;

type PlanBy<By extends Plan['by']> = Extract<Plan, { readonly by: By }>;

/** Holders of a role that are looked at for one page, at least. */
const lookedAt = 500;

export function createFindUsers(deps: { db: Database; users: UsersStore; store: DirectoryStore }): FindUsers {
  const { db, users, store } = deps;

  const one = async ({ id }: PlanBy<'id'>, { status, now }: Asked): Promise<Found> => {
    const user = await users.find(db, id);
    return { users: user !== undefined && matches(user, status, now) ? [user] : [], next: undefined };
  };

  const members = async ({ role }: PlanBy<'role'>, asked: Asked): Promise<Found> => {
    const { status, descending, limit, now } = asked;
    const wanted = Math.max(lookedAt, limit + 1);
    const after = asked.after && asUserId(asked.after.id);
    const seen = await store.members(db, { role, descending, after, limit: wanted });
    const found = seen.filter((user) => matches(user, status, now));
    const page = found.slice(0, limit);
    // Where there are more, behind the last of the page; else behind the last that was looked at, unless it was the last of all.
    const lastLookedAt = seen.length === wanted ? seen.at(-1) : undefined;
    const last = found.length > limit ? page.at(-1) : lastLookedAt;
    return { users: page, next: last && { key: last.id, id: last.id } };
  };

  const range = async (plan: PlanBy<'created' | 'email' | 'username'>, asked: Asked): Promise<Found> => {
    const rows = await store.page(db, { ...plan, ...asked, limit: asked.limit + 1 });
    const page = rows.slice(0, asked.limit);
    const last = rows.length > asked.limit ? page.at(-1) : undefined;
    return { users: page, next: last && { key: last.key, id: last.id } };
  };

  return (plan, asked) => {
    if (plan.by === 'id') return one(plan, asked);
    return plan.by === 'role' ? members(plan, asked) : range(plan, asked);
  };
}

function matches(user: User, wanted: StatusFilter, now: Instant): boolean {
  if (user.purgedAt !== undefined) return false;
  const status = statusOf(user, now);
  return wanted === 'any' || wanted === status || (wanted === 'living' && status !== 'deleted');
}
