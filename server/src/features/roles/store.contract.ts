import assert from 'node:assert/strict';
import { setImmediate as breathe } from 'node:timers/promises';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, refusedWith, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asRoleId, asUserId, type RoleId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { usersStore } from '../users/index.ts';
import { permissionExists, roleExists } from './errors.ts';
import { builtInPermissions } from './policy.ts';
import { rolesStore as store } from './store.sql.ts';

const builtIns = Object.keys(builtInPermissions).sort();

const ensureBuiltIns = (db: Database, at = 1_000) => db.transact((tx) => store.ensureBuiltIns(tx, at));
const addPermission = (db: Database, name: Permission) =>
  db.transact((tx) => store.addPermission(tx, { name, description: `about ${name}`, at: 1_000 }));
const addRole = (db: Database, name: string, permissions: readonly Permission[] = []) =>
  db.transact((tx) => store.addRole(tx, { name, description: `about ${name}`, permissions, at: 1_000 }));
const roleOf = (name: string, permissions: readonly Permission[]) => ({
  name,
  description: `about ${name}`,
  permissions,
  builtIn: false,
  version: 1,
});
const listRoles = (db: Database) => store.listRoles(db, { after: 0, limit: 100 });
const assign = (db: Database, user: UserId, role: RoleId) => db.transact((tx) => store.assign(tx, user, role, 2_000));
const unassign = (db: Database, user: UserId, role: RoleId) => db.transact((tx) => store.unassign(tx, user, role));

const addUser = (db: Database, name: string, more: { waitsSince?: number } = {}) => {
  const emailKey = `${name}@example.com`;
  const user = { username: name, usernameKey: name, email: emailKey, emailKey, createdAt: 1_000, ...more };
  return db.transact((tx) => usersStore.add(tx, user));
};

const adminRole = async (db: Database): Promise<RoleId> => {
  const id = await store.findRoleId(db, 'admin');
  assert.ok(id !== undefined);
  return id;
};

export const rolesStoreContract = storeContract('the store of roles', (that) => {
  that('makes sure of the built-in permissions and the role admin, however often it is asked', async (db) => {
    for (let i = 0; i < 3; i += 1) await ensureBuiltIns(db, 1_000 + i);
    const permissions = await store.listPermissions(db);
    assert.deepEqual(
      permissions.map(({ name }) => name),
      builtIns,
    );
    assert.ok(permissions.every(({ builtIn, description }) => builtIn && description !== ''));
    assert.deepEqual(
      (await listRoles(db)).map(({ name, permissions: held }) => ({ name, held })),
      [{ name: 'admin', held: builtIns }],
    );
  });

  that('makes sure of them also when many nodes start at once', async (db) => {
    await atOnce(db, 5, (tx) => store.ensureBuiltIns(tx, 1_000));
    assert.equal((await listRoles(db)).length, 1);
  });

  that('completes built-ins that an older release knew only in part', async (db) => {
    await ensureBuiltIns(db);
    const [first = ''] = builtIns;
    await behind(db, (builder) => builder.deleteFrom('permissions').where('name', '=', first));
    await addPermission(db, 'posts:publish');
    await ensureBuiltIns(db);
    assert.deepEqual(
      (await store.listPermissions(db)).map(({ name }) => name),
      [...builtIns, 'posts:publish'].sort(),
    );
  });

  that('lists roles with their permissions, the admin with all, also those registered later', async (db) => {
    await ensureBuiltIns(db);
    await addPermission(db, 'posts:publish');
    const editor = await addRole(db, 'Editor', ['users:delete', 'posts:publish']);
    const guest = await addRole(db, 'Guest');
    assert.deepEqual(await listRoles(db), [
      {
        id: await adminRole(db),
        name: 'admin',
        description: 'Holds every permission.',
        permissions: [...builtIns, 'posts:publish'].sort(),
        builtIn: true,
        version: 1,
      },
      { ...roleOf('Editor', ['posts:publish', 'users:delete']), id: editor },
      { ...roleOf('Guest', []), id: guest },
    ]);
  });

  that('refuses a second role of a name, by its folded form, and keeps nothing of it', async (db) => {
    await ensureBuiltIns(db);
    await addRole(db, 'Editor');
    await assert.rejects(addRole(db, 'eDITOR', ['users:delete']), refusedWith(roleExists));
    await assert.rejects(addRole(db, 'Admin'), refusedWith(roleExists));
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => addRole(db, 'Guest')));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual(
      (await listRoles(db)).map(({ name }) => name),
      ['admin', 'Editor', 'Guest'],
    );
  });

  that('adds no role with a permission that is not registered', async (db) => {
    await assert.rejects(addRole(db, 'Editor', ['posts:publish']));
    assert.deepEqual(await listRoles(db), []);
  });

  that('lists roles a page at a time, in the order of their ids, each with its own permissions', async (db) => {
    await ensureBuiltIns(db);
    const names = Array.from({ length: 7 }, (_, place) => `role ${place}`);
    const ids: RoleId[] = [];
    for (const [place, name] of names.entries()) ids.push(await addRole(db, name, builtIns.slice(0, place)));
    const [second = asRoleId(0)] = ids.slice(2);
    await db.transact((tx) => store.deleteRole(tx, second, 2_000));
    const seen: unknown[] = [];
    for (let after = 0; ; ) {
      const page = await store.listRoles(db, { after, limit: 3 });
      seen.push(...page.map(({ name, permissions }) => [name, permissions.length]));
      if (page.length < 3) break;
      after = page.at(-1)?.id ?? 0;
    }
    const living = names.flatMap((name, place) => (place === 2 ? [] : [[name, place]]));
    assert.deepEqual(seen, [['admin', builtIns.length], ...living]);
  });

  that('changes a role only from the version it has, for one of many callers', async (db) => {
    await ensureBuiltIns(db);
    const id = await addRole(db, 'Editor', ['users:delete']);
    const changes = await atOnce(db, 6, (tx, place) =>
      store.updateRole(tx, { id, name: `Writer ${place}`, description: 'new', version: 1 }),
    );
    assert.equal(yesAmong(changes), 1);
    await db.transact(async (tx) => {
      await store.removeFromRole(tx, id, 'users:delete');
      await store.addToRole(tx, id, 'roles:read');
    });
    const role = await store.findRole(db, id);
    const name = `Writer ${changes.indexOf(true)}`;
    assert.deepEqual(role, { ...roleOf(name, ['roles:read']), description: 'new', id, version: 2 });
    assert.equal(await store.findRoleId(db, 'Editor'), undefined);
    const update = (change: object) =>
      db.transact((tx) => store.updateRole(tx, { id, name, description: '', version: 2, ...change }));
    assert.equal(await update({ version: 1 }), false);
    await assert.rejects(update({ name: 'ADMIN' }), refusedWith(roleExists));
    assert.equal(await update({ id: await adminRole(db), name: 'root', version: 1 }), false, 'the built-in one stays');
  });

  that('takes a role of an older release, which knew no versions, as its first', async (db) => {
    await ensureBuiltIns(db);
    const id = await addRole(db, 'Editor', ['users:delete']);
    const forget = () =>
      behind(db, (builder) => builder.updateTable('roles').set({ version: null }).where('id', '=', id));
    await forget();
    assert.equal((await store.findRole(db, id))?.version, 1);
    const change = { id, name: 'Writer', description: '', version: 1 };
    assert.equal(await db.transact((tx) => store.updateRole(tx, change)), true);
    assert.equal((await store.findRole(db, id))?.version, 2);
    await forget();
    await addPermission(db, 'posts:publish');
    await db.transact((tx) => store.addToRole(tx, id, 'posts:publish'));
    await db.transact((tx) => store.removePermission(tx, 'posts:publish'));
    assert.equal((await store.findRole(db, id))?.version, 2);
  });

  that('deletes a role at once, for one of many callers, and frees its name', async (db) => {
    await ensureBuiltIns(db);
    const user = await addUser(db, 'ada');
    const id = await addRole(db, 'Editor', ['users:delete']);
    await assign(db, user, id);
    assert.equal(yesAmong(await atOnce(db, 6, (tx) => store.deleteRole(tx, id, 3_000))), 1);
    assert.deepEqual(await store.grantsOf(db, user), { roles: [], permissions: [] });
    assert.deepEqual([await store.rolesOf(db, user), await store.findRole(db, id)], [[], undefined]);
    assert.equal(await store.findRoleId(db, 'Editor'), undefined);
    const again = await addRole(db, 'editor');
    assert.ok(again > id, 'another id');
    const admin = await adminRole(db);
    assert.equal(await db.transact((tx) => store.deleteRole(tx, admin, 3_000)), false, 'the built-in one stays');
  });

  that('sweeps what is left of deleted roles a batch at a time, and nothing else', async (db) => {
    await ensureBuiltIns(db);
    const users: UserId[] = [];
    for (const name of ['ada', 'bea', 'cyd', 'dot', 'eve']) users.push(await addUser(db, name));
    const [gone, kept] = [await addRole(db, 'gone', ['users:delete']), await addRole(db, 'kept')];
    for (const user of users) for (const role of [gone, kept]) await assign(db, user, role);
    const sweep = () => db.transact((tx) => store.sweepRoles(tx, 2));
    const left = async () =>
      (await behind(db, (builder) => builder.selectFrom('user_roles').selectAll().where('role_id', '=', gone))).length;
    assert.deepEqual([await sweep(), await left()], [false, 5]);
    await db.transact((tx) => store.deleteRole(tx, gone, 3_000));
    assert.deepEqual([await sweep(), await left()], [true, 3]);
    assert.deepEqual([await sweep(), await left()], [true, 1]);
    assert.deepEqual([await sweep(), await left()], [true, 0]);
    assert.equal(await sweep(), false);
    const rows = await behind<{ id: number }>(db, (builder) => builder.selectFrom('roles').select('id').orderBy('id'));
    assert.deepEqual(
      rows.map(({ id }) => id),
      [await adminRole(db), kept],
    );
    for (const user of users) assert.deepEqual((await store.grantsOf(db, user)).roles, ['kept']);
  });

  that('removes a permission out of every role, whose versions tell', async (db) => {
    await ensureBuiltIns(db);
    for (const name of ['posts:publish', 'posts:read']) await addPermission(db, name);
    const editor = await addRole(db, 'Editor', ['posts:publish', 'posts:read']);
    const reader = await addRole(db, 'Reader', ['posts:read']);
    const chief = await addRole(db, 'Chief', ['posts:publish']);
    const held = [
      { id: editor, name: 'Editor' },
      { id: chief, name: 'Chief' },
    ];
    assert.deepEqual(await store.rolesWith(db, 'posts:publish'), held);
    await db.transact((tx) => store.removePermission(tx, 'posts:publish'));
    assert.equal(await store.findPermission(db, 'posts:publish'), undefined);
    assert.deepEqual(await store.rolesWith(db, 'posts:publish'), []);
    const told = [];
    for (const id of [editor, reader, chief]) {
      const role = await store.findRole(db, id);
      told.push([role?.permissions, role?.version]);
    }
    assert.deepEqual(told, [
      [['posts:read'], 2],
      [['posts:read'], 1],
      [[], 2],
    ]);
  });

  that('lists permissions a page at a time, by name', async (db) => {
    for (const name of ['c:c', 'a:a', 'b:b', 'b:a']) await addPermission(db, name);
    const page = async (after: string) =>
      (await store.listSomePermissions(db, { after, limit: 2 })).map(({ name }) => name);
    assert.deepEqual([await page(''), await page('b:a'), await page('c:c')], [['a:a', 'b:a'], ['b:b', 'c:c'], []]);
    assert.deepEqual(await store.findPermission(db, 'a:a'), { name: 'a:a', description: 'about a:a', builtIn: false });
    assert.equal(await store.findPermission(db, 'A:a'), undefined);
  });

  that('makes its own what an application had registered under a name that is built in now', async (db) => {
    await addPermission(db, 'roles:read');
    await ensureBuiltIns(db);
    const { builtIn, description } = (await store.findPermission(db, 'roles:read')) ?? {};
    assert.deepEqual([builtIn, description], [true, builtInPermissions['roles:read']]);
  });

  that('tells who has a role, and which others each of them has, in pages that lose nobody', async (db) => {
    const [member, editor, guest] = [
      await addRole(db, 'member'),
      await addRole(db, 'editor'),
      await addRole(db, 'guest'),
    ];
    const people = 3_500;
    // One alone, and more than a page has.
    const isGone = (id: number) => id === 7 || (id > 900 && id < 2_950);
    const template = { email_key: null, username_key: null, created_at: 1_000, deleted_at: null, disabled_at: null };
    const ids = Array.from({ length: people }, (_, place) => place + 1);
    for (let from = 0; from < people; from += 700) {
      const batch = ids.slice(from, from + 700);
      await behind(db, (builder) =>
        builder.insertInto('users').values(
          batch.map((id) => ({
            ...template,
            id,
            username: `u${id}`,
            email: `u${id}`,
            deleted_at: isGone(id) ? 2_000 : null,
          })),
        ),
      );
      await behind(db, (builder) =>
        builder.insertInto('user_roles').values(
          batch.flatMap((user_id) =>
            [member, ...(user_id % 3 === 0 ? [editor] : []), ...(user_id % 5 === 0 ? [guest] : [])].map((role_id) => ({
              user_id,
              role_id,
              assigned_at: 1_000,
            })),
          ),
        ),
      );
    }
    const seen: (readonly [number, ...number[]])[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = await store.holdersOf(db, member, after);
      seen.push(...page.holders.map(({ user, others }) => [user, ...others.toSorted()] as const));
      after = page.next;
    }
    const expected = ids
      .filter((id) => !isGone(id))
      .map((id) => [id, ...(id % 3 === 0 ? [editor] : []), ...(id % 5 === 0 ? [guest] : [])]);
    assert.deepEqual(seen, expected);
    assert.deepEqual(await store.holdersOf(db, asRoleId(99), 0), { holders: [], next: undefined });
  });

  that('lets those who change grants take turns', async (db) => {
    await ensureBuiltIns(db);
    let inside = 0;
    await atOnce(db, 6, async (tx) => {
      await store.lockGrants(tx);
      inside += 1;
      await breathe();
      assert.equal(inside, 1);
      inside -= 1;
    });
  });

  that('finds a role by its name in any case', async (db) => {
    const editor = await addRole(db, 'Editor');
    assert.deepEqual([await store.findRoleId(db, 'EDITOR'), await store.findRoleId(db, 'writer')], [editor, undefined]);
  });

  that('refuses a second permission of a name, for all but one of many', async (db) => {
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => addPermission(db, 'posts:publish')));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    assert.equal(refused.length, 5);
    assert.ok(refused.every(refusedWith(permissionExists)));
    assert.deepEqual(await store.listPermissions(db), [
      { name: 'posts:publish', description: 'about posts:publish', builtIn: false },
    ]);
  });

  that('knows what a user may do: the union of their roles, sorted, each once', async (db) => {
    await ensureBuiltIns(db);
    await addPermission(db, 'posts:publish');
    const user = await addUser(db, 'ada');
    assert.deepEqual(await store.grantsOf(db, user), { roles: [], permissions: [] });
    await assign(db, user, await addRole(db, 'Writer', ['posts:publish', 'roles:write']));
    await assign(db, user, await addRole(db, 'Editor', ['posts:publish', 'permissions:read']));
    await assign(db, user, await addRole(db, 'Guest'));
    assert.deepEqual(await store.grantsOf(db, user), {
      roles: ['Editor', 'Guest', 'Writer'],
      permissions: ['permissions:read', 'posts:publish', 'roles:write'],
    });
    assert.deepEqual(await store.grantsOf(db, await addUser(db, 'bea')), { roles: [], permissions: [] });
  });

  that('grants an admin every permission, also those registered later', async (db) => {
    await ensureBuiltIns(db);
    const user = await addUser(db, 'ada');
    await assign(db, user, await adminRole(db));
    await addPermission(db, 'posts:publish');
    assert.deepEqual(await store.grantsOf(db, user), {
      roles: ['admin'],
      permissions: [...builtIns, 'posts:publish'].sort(),
    });
  });

  that('gives and takes a role once, for one of many callers', async (db) => {
    const user = await addUser(db, 'ada');
    const role = await addRole(db, 'Editor');
    assert.equal(await unassign(db, user, role), false);
    assert.equal(yesAmong(await atOnce(db, 6, (tx) => store.assign(tx, user, role, 2_000))), 1);
    assert.deepEqual((await store.grantsOf(db, user)).roles, ['Editor']);
    assert.equal(yesAmong(await atOnce(db, 6, (tx) => store.unassign(tx, user, role))), 1);
    assert.deepEqual((await store.grantsOf(db, user)).roles, []);
    assert.equal(await assign(db, user, role), true, 'and again');
  });

  that('gives no role to nobody, and none that does not exist', async (db) => {
    const user = await addUser(db, 'ada');
    const role = await addRole(db, 'Editor');
    await assert.rejects(assign(db, asUserId(99), role));
    await assert.rejects(assign(db, user, asRoleId(99)));
  });

  that('names the admins who can act: living, enabled, each once', async (db) => {
    await ensureBuiltIns(db);
    const admin = await adminRole(db);
    const editor = await addRole(db, 'Editor', ['roles:write']);
    // One after another: made at once, they could get their ids in any order.
    const ada = await addUser(db, 'ada');
    const bea = await addUser(db, 'bea');
    const cyd = await addUser(db, 'cyd');
    const dot = await addUser(db, 'dot');
    for (const user of [ada, bea, cyd]) await assign(db, user, admin);
    await assign(db, dot, editor);
    await assign(db, ada, editor);
    const admins = () => db.transact((tx) => store.lockAdmins(tx, 9_000));
    assert.deepEqual(await admins(), [ada, bea, cyd]);
    await db.transact((tx) => usersStore.markDeleted(tx, bea, 3_000));
    await db.transact((tx) => usersStore.markDisabled(tx, cyd, { at: 3_000, until: 9_001, reason: undefined }));
    assert.deepEqual(await admins(), [ada]);
    assert.deepEqual(
      await db.transact((tx) => store.lockAdmins(tx, 9_001)),
      [ada, cyd],
      'again one, from that instant on',
    );
  });

  that('does not count one who never came in beside one who has, and counts them where nobody has', async (db) => {
    await ensureBuiltIns(db);
    const admin = await adminRole(db);
    const isLast = (user: UserId) => db.transact((tx) => store.isLastAdmin(tx, user, 9_000));
    const waiting = await addUser(db, 'ada', { waitsSince: 1_000 });
    await assign(db, waiting, admin);
    assert.equal(await isLast(waiting), true);
    const arrived = await addUser(db, 'bea');
    assert.deepEqual([await isLast(waiting), await isLast(arrived)], [true, false], 'bea is none yet');
    await assign(db, arrived, admin);
    assert.deepEqual([await isLast(waiting), await isLast(arrived)], [false, true]);
    assert.deepEqual(await db.transact((tx) => store.lockAdmins(tx, 9_000)), [waiting, arrived]);
    const alsoWaiting = await addUser(db, 'cyd', { waitsSince: 1_000 });
    await assign(db, alsoWaiting, admin);
    assert.deepEqual([await isLast(alsoWaiting), await isLast(arrived)], [false, true]);
    await unassign(db, arrived, admin);
    assert.deepEqual([await isLast(waiting), await isLast(alsoWaiting)], [false, false]);
    await unassign(db, alsoWaiting, admin);
    await db.transact((tx) => usersStore.markArrived(tx, waiting));
    assert.equal(await isLast(waiting), true);
  });

  that(
    'of two who take the role from the last two admins at once, lets one know that it would be the last',
    async (db) => {
      await ensureBuiltIns(db);
      const admin = await adminRole(db);
      const users = [await addUser(db, 'ada'), await addUser(db, 'bea')];
      for (const user of users) await assign(db, user, admin);
      const taken = await atOnce(db, 2, async (tx, place) => {
        const admins = await store.lockAdmins(tx, 9_000);
        await breathe();
        if (admins.length < 2) return false;
        return store.unassign(tx, users[place] ?? asUserId(0), admin);
      });
      assert.equal(yesAmong(taken), 1);
      assert.equal((await db.transact((tx) => store.lockAdmins(tx, 9_000))).length, 1);
    },
  );
});
