import { type Kysely, sql } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { PublishedRoles } from '../roles/index.ts';
import { type PublishedUsers, toUser, type UserRow } from '../users/index.ts';
import type { StatusFilter } from './policy.ts';
import type { DirectoryStore, PageQuery } from './store.ts';

type DirectoryDb = Kysely<PublishedUsers & PublishedRoles>;

const columns = [
  'users.id',
  'users.username',
  'users.email',
  'users.email_verified_at',
  'users.locale',
  'users.created_at',
  'users.waits_since',
  'users.deleted_at',
  'users.disabled_at',
  'users.disabled_until',
  'users.disabled_reason',
  'users.purged_at',
] as const;

const keyColumns = {
  created: 'users.created_at',
  email: 'users.listed_email',
  username: 'users.listed_username',
} as const;

/** A part of the table that one range of an index holds: the users of a state, or those whose disability has run out. */
type Shelf = 'active' | 'disabled' | 'disabled still' | 'run out' | 'deleted';

const stateOf = { active: 0, disabled: 1, 'disabled still': 1, deleted: 2 } as const;

const shelvesOf: Readonly<Record<StatusFilter, readonly Shelf[]>> = {
  living: ['active', 'disabled'],
  active: ['active', 'run out'],
  disabled: ['disabled still'],
  deleted: ['deleted'],
  any: ['active', 'disabled', 'deleted'],
};

function onShelf(db: DirectoryDb, shelf: Shelf, { by, from, to, now }: PageQuery) {
  const key = keyColumns[by];
  let users = db
    .selectFrom('users')
    .select('users.id')
    .select(({ ref }) => ref(key).as('place'));
  if (from !== undefined) users = users.where(key, '>=', from);
  if (to !== undefined) users = users.where(key, '<', to);
  // Few, since a chore removes them: found by their end and then sorted. With their state in the query a planner would read all who are
  // disabled in the order of the key, and find none of them.
  if (shelf === 'run out') return users.where('users.disabled_until', '<=', now).where('users.deleted_at', 'is', null);
  const inState = users.where('users.record_state', '=', stateOf[shelf]);
  if (shelf !== 'disabled still') return inState;
  return inState.where(({ eb, or }) =>
    or([eb('users.disabled_until', 'is', null), eb('users.disabled_until', '>', now)]),
  );
}

type Users = ReturnType<typeof onShelf>;

/**
 * What of a shelf comes behind a position, as the rest of those with the same key and those with another one: each a range of the index,
 * also where a database makes none of `(key, id) > (?, ?)`. Of those whose disability has run out, who have no such index, it is one
 * part: as two, a planner might read all users behind the id.
 */
function partsOf(db: DirectoryDb, shelf: Shelf, query: PageQuery): Users[] {
  const { after, descending, by } = query;
  const users = onShelf(db, shelf, query);
  if (after === undefined) return [users];
  const behind = descending ? '<' : '>';
  const key = keyColumns[by];
  if (shelf === 'run out') {
    return [
      users.where(({ eb, and, or }) => {
        const tied = and([eb(key, '=', after.key), eb('users.id', behind, after.id)]);
        return or([tied, eb(key, behind, after.key)]);
      }),
    ];
  }
  return [users.where(key, '=', after.key).where('users.id', behind, after.id), users.where(key, behind, after.key)];
}

function pageQuery(db: DirectoryDb, query: PageQuery) {
  const order = query.descending ? 'desc' : 'asc';
  const parts = shelvesOf[query.status].flatMap((shelf) => partsOf(db, shelf, query));
  const ranges = parts.map((users) => {
    const range = users.orderBy(keyColumns[query.by], order).orderBy('users.id', order).limit(query.limit);
    return db.selectFrom(range.as('part')).selectAll();
  });
  const [first, ...others] = ranges;
  if (first === undefined) throw new Error(`no shelf holds ${query.status}`);
  const page = others
    .reduce((all, range) => all.unionAll(range), first)
    .orderBy('place', order)
    .orderBy('id', order)
    .limit(query.limit);
  // Up to here the indexes are enough; only the rows of the page itself are fetched.
  return db
    .selectFrom(page.as('page'))
    .innerJoin('users', 'users.id', 'page.id')
    .select(columns)
    .select('page.place')
    .orderBy('page.place', order)
    .orderBy('users.id', order);
}

function membersQuery(db: DirectoryDb, query: Parameters<DirectoryStore['members']>[1]) {
  const { role, descending, after, limit } = query;
  const order = descending ? 'desc' : 'asc';
  let members = db.selectFrom('user_roles').select('user_id').where('role_id', '=', role);
  if (after !== undefined) members = members.where('user_id', descending ? '<' : '>', after);
  // Parted from the join, and with the number in its text: so every planner knows how few they are before it looks for their users.
  const part = members.orderBy('user_id', order).limit(sql.lit(limit)).as('member');
  return db
    .selectFrom(part)
    .innerJoin('users', 'users.id', 'member.user_id')
    .select(columns)
    .orderBy('member.user_id', order);
}

const builderOf = (db: Database): DirectoryDb => db.dialect.builder;

export const directoryStore: DirectoryStore = {
  async page(db, query) {
    const rows = await db.query(pageQuery(builderOf(db), query));
    return rows.map((row) => ({ ...toUser(row as UserRow), key: row.place }));
  },
  members: async (db, query) => (await db.query(membersQuery(builderOf(db), query))).map(toUser),
};
