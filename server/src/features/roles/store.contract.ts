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
const assign = (db: Database, user: UserId, role: RoleId) => db.transact((tx) => store.assign(tx, user, role, 2_000));
const unassign = (db: Database, user: UserId, role: RoleId) => db.transact((tx) => store.unassign(tx, user, role));

const addUser = (db: Database, name: string) => {
  const emailKey = `${name}@example.com`;
  const user = { username: name, usernameKey: name, email: emailKey, emailKey, createdAt: 1_000 };
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
      (await store.listRoles(db)).map(({ name, permissions: held }) => ({ name, held })),
      [{ name: 'admin', held: builtIns }],
    );
  });

  that('makes sure of them also when many nodes start at once', async (db) => {
    await atOnce(db, 5, (tx) => store.ensureBuiltIns(tx, 1_000));
    assert.equal((await store.listRoles(db)).length, 1);
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
    assert.deepEqual(await store.listRoles(db), [
      {
        id: await adminRole(db),
        name: 'admin',
        description: 'Holds every permission.',
        permissions: [...builtIns, 'posts:publish'].sort(),
      },
      { id: editor, name: 'Editor', description: 'about Editor', permissions: ['posts:publish', 'users:delete'] },
      { id: guest, name: 'Guest', description: 'about Guest', permissions: [] },
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
      (await store.listRoles(db)).map(({ name }) => name),
      ['admin', 'Editor', 'Guest'],
    );
  });

  that('adds no role with a permission that is not registered', async (db) => {
    await assert.rejects(addRole(db, 'Editor', ['posts:publish']));
    assert.deepEqual(await store.listRoles(db), []);
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
