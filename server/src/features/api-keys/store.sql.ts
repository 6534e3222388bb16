import { type Kysely, type Selectable, sql } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { type ApiKeyId, asApiKeyId, asUserId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { PublishedRoles } from '../roles/index.ts';
import { isActiveUser, type PublishedUsers } from '../users/index.ts';
import type { ApiKey } from './api-key.ts';
import type { KeyHash } from './key-text.ts';
import type { ApiKeysStore, KeptKey, NewApiKey } from './store.ts';
import type { ApiKeysTables } from './tables.ts';

const { statement } = statements<ApiKeysTables & PublishedUsers & PublishedRoles>();

type KeysDb = Kysely<ApiKeysTables & PublishedUsers & PublishedRoles>;

const addKey = statement((db, p: Omit<NewApiKey, 'permissions' | 'expiresAt'> & { expiresAt: Instant | null }) =>
  db.insertInto('api_keys').values({
    id: p.id,
    user_id: p.owner,
    key_hash: p.hash,
    name: p.name,
    description: p.description,
    created_at: p.createdAt,
    expires_at: p.expiresAt,
  }),
);

const addKeyPermission = statement((db, p: { id: ApiKeyId; permission: Permission }) =>
  db.insertInto('api_key_permissions').values({ api_key_id: p.id, permission: p.permission }),
);

/** A row for each permission of the key, or one for a key that has lost them all; `held` says whether its owner holds it. */
const findKey = statement((db, p: { id: ApiKeyId; now: Instant }) =>
  db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .leftJoin('api_key_permissions', 'api_key_permissions.api_key_id', 'api_keys.id')
    .select(['api_keys.user_id', 'api_keys.key_hash', 'api_keys.created_at', 'api_keys.expires_at'])
    .select(['api_keys.revoked_at', 'api_keys.last_used_at', 'api_key_permissions.permission'])
    .select(['users.username', sql<number>`case when ${isActiveUser(p.now)} then 1 else 0 end`.as('active')])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('user_roles')
          .innerJoin('roles', 'roles.id', 'user_roles.role_id')
          .leftJoin('role_permissions', (join) =>
            join
              .onRef('role_permissions.role_id', '=', 'roles.id')
              .onRef('role_permissions.permission', '=', 'api_key_permissions.permission'),
          )
          .select('user_roles.role_id')
          .whereRef('user_roles.user_id', '=', 'api_keys.user_id')
          .where((where) =>
            where.or([where('roles.grants_all', '=', 1), where('role_permissions.permission', 'is not', null)]),
          ),
      ).as('held'),
    )
    .where('api_keys.id', '=', p.id)
    .orderBy('api_key_permissions.permission'),
);

const countLivingKeys = statement((db, p: { owner: UserId; now: Instant }) =>
  db
    .selectFrom('api_keys')
    .select(({ fn }) => fn.countAll<number | string>().as('keys'))
    .where('user_id', '=', p.owner)
    .where('revoked_at', 'is', null)
    .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', p.now)])),
);

/** A row for each key and permission. */
const withPermissions = (db: KeysDb) =>
  db
    .selectFrom('api_keys')
    .leftJoin('api_key_permissions', 'api_key_permissions.api_key_id', 'api_keys.id')
    .select(['api_keys.id', 'api_keys.user_id', 'api_keys.name', 'api_keys.description', 'api_keys.created_at'])
    .select(['api_keys.expires_at', 'api_keys.revoked_at', 'api_keys.last_used_at', 'api_key_permissions.permission']);

const unrevoked = (db: KeysDb) => withPermissions(db).where('api_keys.revoked_at', 'is', null);

const keysOf = statement((db, p: { owner: UserId }) =>
  unrevoked(db)
    .where('api_keys.user_id', '=', p.owner)
    .orderBy('api_keys.created_at', 'desc')
    .orderBy('api_keys.id')
    .orderBy('api_key_permissions.permission'),
);

const someKeys = (db: KeysDb, p: { after: string; limit: number }) =>
  db.selectFrom('api_keys as page').select('page.id').where('page.id', '>', p.after).orderBy('page.id').limit(p.limit);

/** Of these rows those of the keys of a page. Around the page, since MySQL allows no LIMIT right behind IN. */
const rowsOf = (rows: ReturnType<typeof withPermissions>, db: KeysDb, page: ReturnType<typeof someKeys>) =>
  rows
    .where('api_keys.id', 'in', db.selectFrom(page.as('pages')).select('pages.id'))
    .orderBy('api_keys.id')
    .orderBy('api_key_permissions.permission');

const keysAfter = statement((db, p: { after: string; limit: number }) =>
  rowsOf(unrevoked(db), db, someKeys(db, p).where('page.revoked_at', 'is', null)),
);

const keptKeysOf = statement((db, p: { owner: UserId; after: string; limit: number }) =>
  rowsOf(withPermissions(db), db, someKeys(db, p).where('page.user_id', '=', p.owner)),
);

const keyOf = statement((db, p: { owner: UserId; id: ApiKeyId }) =>
  unrevoked(db)
    .where('api_keys.id', '=', p.id)
    .where('api_keys.user_id', '=', p.owner)
    .orderBy('api_key_permissions.permission'),
);

const revokeKey = statement((db, p: { owner: UserId; id: ApiKeyId; at: Instant }) =>
  db
    .updateTable('api_keys')
    .set({ revoked_at: p.at })
    .where('id', '=', p.id)
    .where('user_id', '=', p.owner)
    .where('revoked_at', 'is', null),
);

const recordUse = statement((db, p: { id: ApiKeyId; at: Instant; unlessSince: Instant }) =>
  db
    .updateTable('api_keys')
    .set({ last_used_at: p.at })
    .where('id', '=', p.id)
    .where(({ eb, or }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', p.unlessSince)])),
);

const sweepKeys = statement((db, p: { before: Instant }) =>
  db
    .deleteFrom('api_keys')
    .where(({ eb, or }) => or([eb('revoked_at', '<', p.before), eb('expires_at', '<', p.before)])),
);

const removeKeysOf = statement((db, p: { owner: UserId }) => db.deleteFrom('api_keys').where('user_id', '=', p.owner));

type KeyRow = Omit<Selectable<ApiKeysTables['api_keys']>, 'key_hash'> & { permission: string | null };

/** Rows of one key stand together. */
function keysIn(rows: readonly KeyRow[]): KeptKey[] {
  const keys = new Map<string, KeptKey & { permissions: Permission[] }>();
  for (const row of rows) {
    const key = keys.get(row.id) ?? {
      id: asApiKeyId(row.id),
      owner: asUserId(row.user_id),
      name: row.name,
      description: row.description,
      permissions: [],
      createdAt: row.created_at,
      expiresAt: row.expires_at ?? undefined,
      revokedAt: row.revoked_at ?? undefined,
      lastUsedAt: row.last_used_at ?? undefined,
    };
    if (row.permission !== null) key.permissions.push(row.permission);
    keys.set(row.id, key);
  }
  return [...keys.values()];
}

const unrevokedOf = ({ revokedAt: _, ...key }: KeptKey): ApiKey => key;

export const apiKeysStore: ApiKeysStore = {
  async add(tx, { permissions, expiresAt, ...key }) {
    await tx.execute(addKey, { ...key, expiresAt: expiresAt ?? null });
    for (const permission of permissions) await tx.execute(addKeyPermission, { id: key.id, permission });
  },

  async find(db, id, now) {
    const rows = await db.all(findKey, { id, now });
    const [key] = rows;
    if (key === undefined) return undefined;
    return {
      id,
      hash: key.key_hash as KeyHash,
      owner: { id: asUserId(key.user_id), username: key.username },
      ownerIsActive: Number(key.active) === 1,
      effective: rows.flatMap(({ permission, held }) => (permission !== null && held ? [permission] : [])),
      createdAt: key.created_at,
      expiresAt: key.expires_at ?? undefined,
      revokedAt: key.revoked_at ?? undefined,
      lastUsedAt: key.last_used_at ?? undefined,
    };
  },

  countLiving: async (db, owner, now) => Number((await db.first(countLivingKeys, { owner, now }))?.keys ?? 0),
  listOf: async (db, owner) => keysIn(await db.all(keysOf, { owner })).map(unrevokedOf),
  listKept: async (db, owner, page) => keysIn(await db.all(keptKeysOf, { owner, ...page })),
  list: async (db, page) => keysIn(await db.all(keysAfter, page)).map(unrevokedOf),
  findOf: async (db, owner, id) => keysIn(await db.all(keyOf, { owner, id })).map(unrevokedOf)[0],
  revoke: async (tx, owner, id, at) => (await tx.execute(revokeKey, { owner, id, at })) === 1,
  recordUse: async (tx, id, at, grainMs) => (await tx.execute(recordUse, { id, at, unlessSince: at - grainMs })) === 1,
  removeOf: async (tx, owner) => {
    await tx.execute(removeKeysOf, { owner });
  },
  sweep: (tx, before) => tx.execute(sweepKeys, { before }),
};
