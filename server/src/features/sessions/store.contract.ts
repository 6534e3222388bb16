import assert from 'node:assert/strict';
import { setImmediate as breathe } from 'node:timers/promises';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asSessionId, asUserId, type RoleId, type SessionId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { rolesStore } from '../roles/store.sql.ts';
import { usersStore } from '../users/index.ts';
import type { TokenHash } from './refresh-token.ts';
import { sessionsStore as store } from './store.sql.ts';
import type { Rotation } from './store.ts';

const sessionId = asSessionId('s'.repeat(22));
const hash = (text: string) => text as TokenHash;
/** Sessions start at 1,000, idle away at 5,000 and expire at 9,000. */
const times = { createdAt: 1_000, idleExpiresAt: 5_000, expiresAt: 9_000 };

const addUser = (db: Database, name: string) => {
  const emailKey = `${name}@example.com`;
  const user = { username: name, usernameKey: name, email: emailKey, emailKey, createdAt: 500 };
  return db.transact((tx) => usersStore.add(tx, user));
};

const start = (
  db: Database,
  userId: UserId,
  options: Partial<typeof times> & { id?: SessionId; userAgent?: string } = {},
) =>
  db.transact(async (tx) => {
    const statusIndex = await store.takeStatusIndex(tx, 1_000);
    const session = {
      statusIndex,
      id: sessionId,
      userId,
      tokenHash: hash('hash 0'),
      ip: '127.0.0.1',
      userAgent: 'ü'.repeat(256),
    };
    return store.start(tx, { ...session, ...times, ...options });
  });

/** A user with a session. */
const signIn = async (db: Database, name = 'ada'): Promise<UserId> => {
  const user = await addUser(db, name);
  await start(db, user);
  return user;
};

const step: Rotation = {
  id: sessionId,
  generation: 0,
  hash: hash('hash 0'),
  nextHash: hash('hash 1'),
  now: 2_000,
  idleExpiresAt: 6_000,
  statusIndex: 7,
};
const rotate = (db: Database, changes: Partial<Rotation> = {}) =>
  db.transact((tx) => store.rotate(tx, { ...step, ...changes }));

const end = (db: Database, id = sessionId) => db.transact((tx) => store.end(tx, id, 'logout', 3_000));
const remove = (db: Database, user: UserId) => db.transact((tx) => usersStore.markDeleted(tx, user, 3_000));
const disable = (db: Database, user: UserId) =>
  behind(db, (builder) => builder.updateTable('users').set({ disabled_at: 3_000 }).where('id', '=', user));

const authenticate = (db: Database, user: UserId, changes: { now?: number; permission?: Permission } = {}) =>
  store.authenticate(db, { session: sessionId, user, now: 2_000, permission: undefined, ...changes });

/** Everything that ends a session's life, by what it is called. */
const endings: Readonly<Record<string, (db: Database, user: UserId) => Promise<unknown>>> = {
  'was ended': (db) => end(db),
  'belongs to a deleted user': remove,
  'belongs to a disabled user': disable,
};

export const sessionsStoreContract = storeContract('the store of sessions', (that) => {
  that('gives back a session with its user', async (db) => {
    const user = await signIn(db);
    assert.deepEqual(await store.find(db, sessionId, 1_000), {
      id: sessionId,
      statusIndex: 1,
      generation: 0,
      tokenHash: 'hash 0',
      rotatedAt: 1_000,
      expiresAt: 9_000,
      idleExpiresAt: 5_000,
      endedAt: undefined,
      user: { id: user, username: 'ada', email: 'ada@example.com' },
    });
    assert.equal(await store.find(db, asSessionId('S'.repeat(22)), 1_000), undefined, 'ids are compared to the letter');
  });

  that('gives back a session together with what its user holds, in one read', async (db) => {
    const user = await signIn(db);
    const granted = async (id = sessionId) => {
      const found = await store.findGranted(onlyOneRead(db), id, 1_000);
      const grants = found && (await rolesStore.grantsIn(db, found.held));
      assert.deepEqual(grants, found && (await rolesStore.grantsOf(db, user)));
      const { held: _, ...session } = found ?? { held: [] };
      assert.deepEqual(found && session, await store.find(db, id, 1_000));
      return grants;
    };
    assert.deepEqual(await granted(), { roles: [], permissions: [] });
    await db.transact(async (tx) => {
      await rolesStore.ensureBuiltIns(tx, 500);
      const add = (name: string, permissions: Permission[]) =>
        rolesStore.addRole(tx, { name, description: '', permissions, at: 500 });
      const roles = [
        await add('Empty', []),
        await add('Gone', ['users:read']),
        await add('Two', ['users:delete', 'roles:write']),
      ];
      for (const role of roles) await rolesStore.assign(tx, user, role, 500);
      await rolesStore.deleteRole(tx, roles[1] as RoleId, 600);
    });
    assert.deepEqual(await granted(), { roles: ['Empty', 'Two'], permissions: ['roles:write', 'users:delete'] });
    const admin = await rolesStore.findRoleId(db, 'admin');
    await db.transact((tx) => rolesStore.assign(tx, user, admin as RoleId, 500));
    assert.ok(
      (await granted())?.permissions.includes('users:delete'),
      'of an administrator, every permission there is',
    );
    assert.equal(await granted(asSessionId('S'.repeat(22))), undefined);
    await disable(db, user);
    assert.equal(await granted(), undefined);
  });

  that('starts no session for nobody, and none twice', async (db) => {
    await assert.rejects(start(db, asUserId(99)));
    const user = await signIn(db);
    await assert.rejects(start(db, user));
  });

  that('rotates to the next generation with the next hash; the absolute end stays', async (db) => {
    await signIn(db);
    assert.equal(await rotate(db), true);
    const { generation, tokenHash, rotatedAt, expiresAt, idleExpiresAt } =
      (await store.find(db, sessionId, 1_000)) ?? {};
    assert.deepEqual(
      { generation, tokenHash, rotatedAt, expiresAt, idleExpiresAt },
      { generation: 1, tokenHash: 'hash 1', rotatedAt: 2_000, expiresAt: 9_000, idleExpiresAt: 6_000 },
    );
    assert.equal(await rotate(db, { generation: 1, hash: hash('hash 1'), nextHash: hash('hash 2') }), true);
    assert.equal((await store.find(db, sessionId, 1_000))?.generation, 2);
  });

  that('two racing refreshes, or twenty: one rotates', async (db) => {
    await signIn(db);
    assert.equal(yesAmong(await atOnce(db, 20, (tx) => store.rotate(tx, step))), 1);
    assert.equal((await store.find(db, sessionId, 1_000))?.generation, 1);
  });

  that('rotates for one of twenty who all have read before, each by a single statement', async (db) => {
    await signIn(db);
    const read = Promise.withResolvers<void>();
    let readers = 0;
    const once = () =>
      db.transact(
        async (tx) => {
          const session = await store.findGranted(tx, sessionId, 1_000);
          readers += 1;
          // Where there is one writer, the next one reads when this one is done.
          if (readers === 5 || !db.dialect.rowLocks) read.resolve();
          await read.promise;
          assert.ok(session);
          return store.rotate(tx, step);
        },
        { writes: 'once' },
      );
    assert.equal(yesAmong(await Promise.all(Array.from({ length: 20 }, once))), 1);
    assert.equal((await store.find(db, sessionId, 1_000))?.generation, 1);
  });

  that('rotates nothing for a token that is not the current one, to the letter', async (db) => {
    await signIn(db);
    await rotate(db);
    const wrong: Partial<Rotation>[] = [
      { generation: 0, hash: hash('hash 0') },
      { generation: 0, hash: hash('hash 1') },
      { generation: 1, hash: hash('hash 0') },
      { generation: 1, hash: hash('HASH 1') },
      { generation: 2, hash: hash('hash 1') },
      { generation: 1, hash: hash('hash 1'), id: asSessionId('t'.repeat(22)) },
    ];
    for (const changes of wrong) assert.equal(await rotate(db, changes), false, JSON.stringify(changes));
    assert.equal((await store.find(db, sessionId, 1_000))?.generation, 1);
  });

  that('rotates nothing from the instant at which the session expires or idles away', async (db) => {
    await signIn(db);
    assert.equal(await rotate(db, { now: 5_000 }), false);
    assert.equal(await rotate(db, { now: 4_999, idleExpiresAt: 20_000 }), true);
    const next = { generation: 1, hash: hash('hash 1') };
    assert.equal(await rotate(db, { ...next, now: 9_000 }), false);
    assert.equal(await rotate(db, { ...next, now: 8_999 }), true);
  });

  for (const [what, happens] of Object.entries(endings)) {
    that(`rotates nothing and lets nobody in when the session ${what}`, async (db) => {
      const user = await signIn(db);
      await happens(db, user);
      assert.equal(await rotate(db, { now: 3_500 }), false);
      assert.equal(await authenticate(db, user), undefined);
      assert.equal(await authenticate(db, user, { permission: 'users:delete' }), undefined);
    });
  }

  that('of a logout and a refresh at once, the logout holds', async (db) => {
    const user = await signIn(db);
    const [, ended] = await Promise.all([rotate(db), end(db)]);
    assert.equal(ended, true);
    assert.equal(await authenticate(db, user), undefined);
    assert.equal(await rotate(db, { generation: 1, hash: hash('hash 1') }), false);
  });

  that('knows the user as active again from the very millisecond on at which their disability ends', async (db) => {
    const user = await signIn(db);
    await db.transact((tx) => usersStore.markDisabled(tx, user, { at: 1_000, until: 2_000, reason: undefined }));
    for (const [now, active] of [
      [1_999, false],
      [2_000, true],
    ] as const) {
      assert.equal((await authenticate(db, user, { now })) !== undefined, active);
      assert.equal((await store.find(db, sessionId, now)) !== undefined, active);
      assert.equal(await rotate(db, { now }), active);
    }
  });

  that('finds an ended session and says when it ended, but none of a user who is gone', async (db) => {
    const user = await signIn(db);
    await end(db);
    assert.equal((await store.find(db, sessionId, 1_000))?.endedAt, 3_000);
    await disable(db, user);
    assert.equal(await store.find(db, sessionId, 1_000), undefined);
    const other = await addUser(db, 'bea');
    const otherSession = asSessionId('o'.repeat(22));
    await start(db, other, { id: otherSession });
    await remove(db, other);
    assert.equal(await store.find(db, otherSession, 1_000), undefined);
  });

  that('ends a session for one of many callers, whose reason and time stay', async (db) => {
    await signIn(db);
    const verdicts = await atOnce(db, 8, (tx, place) => store.end(tx, sessionId, 'stolen', 3_000 + place));
    assert.equal(yesAmong(verdicts), 1);
    assert.equal(await end(db), false);
    assert.equal((await store.find(db, sessionId, 1_000))?.endedAt, 3_000 + verdicts.indexOf(true));
    const [row] = await behind(db, (builder) => builder.selectFrom('sessions').select('end_reason'));
    assert.equal(row?.end_reason, 'stolen');
    assert.equal(await end(db, asSessionId('t'.repeat(22))), false);
  });

  that('ends every session of a user, counts those that lived, and leaves the others alone', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    for (const id of ['a1', 'a2', 'a3']) await start(db, ada, { id: asSessionId(id) });
    await start(db, bea, { id: asSessionId('b1') });
    await end(db, asSessionId('a2'));
    const endAll = () => db.transact((tx) => store.endAllOf(tx, ada, 'user-deleted', 4_000));
    assert.equal(await endAll(), 2);
    assert.equal(await endAll(), 0);
    const endedAt = async (id: string) => (await store.find(db, asSessionId(id), 1_000))?.endedAt;
    assert.deepEqual(await Promise.all(['a1', 'a2', 'a3', 'b1'].map(endedAt)), [4_000, 3_000, 4_000, undefined]);
  });

  that('ends every session but the one to be kept', async (db) => {
    const ada = await addUser(db, 'ada');
    for (const id of ['a1', 'a2', 'a3']) await start(db, ada, { id: asSessionId(id) });
    const endOthers = () => db.transact((tx) => store.endAllOf(tx, ada, 'password-changed', 4_000, asSessionId('a2')));
    assert.equal(await endOthers(), 2);
    assert.equal(await endOthers(), 0);
    assert.deepEqual(
      (await store.listLiving(db, ada, 2_000)).map(({ id }) => id),
      ['a2'],
    );
  });

  that('ends one session of a user, for one of many callers, and none of anybody else', async (db) => {
    const ada = await signIn(db);
    const bea = await addUser(db, 'bea');
    const endOne = (user: UserId, at = 3_000) =>
      db.transact((tx) => store.endOneOf(tx, user, sessionId, 'ended-by-admin', at));
    assert.equal(await endOne(bea), false);
    assert.equal(await endOne(ada, 5_000), false, 'it has idled away');
    const verdicts = await atOnce(db, 8, (tx) => store.endOneOf(tx, ada, sessionId, 'ended-by-admin', 3_000));
    assert.equal(yesAmong(verdicts), 1);
    assert.equal(await endOne(ada), false);
    assert.equal(await authenticate(db, ada), undefined);
  });

  that(
    'lets nobody end a session that is locked until the transaction ends; names the living, oldest first',
    async (db) => {
      const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
      for (const [id, createdAt] of [
        ['a3', 1_003],
        ['a1', 1_001],
        ['a2', 1_002],
      ] as const) {
        await start(db, ada, { id: asSessionId(id), createdAt });
      }
      await start(db, bea, { id: asSessionId('b1') });
      await end(db, asSessionId('a2'));
      const locked = Promise.withResolvers<void>();
      const events: string[] = [];
      const leaving = locked.promise.then(() => end(db, asSessionId('a1'))).then((it) => events.push(`left: ${it}`));
      await db.transact(async (tx) => {
        assert.deepEqual(await store.lockLiving(tx, ada, 2_000), ['a1', 'a3']);
        locked.resolve();
        for (let breath = 0; breath < 20; breath += 1) await breathe();
        events.push(`ended: ${await store.endAllOf(tx, ada, 'logout-all', 4_000)}`);
      });
      await leaving;
      assert.deepEqual(events, ['ended: 2', 'left: false']);
      assert.deepEqual(await db.transact((tx) => store.lockLiving(tx, bea, 5_000)), [], 'it has idled away');
    },
  );

  that('knows the user agents of a user, but for sessions that were ended by force', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    const ended = { a3: 'logout', a4: 'ended-by-owner', a5: 'stolen', a6: 'password-changed' } as const;
    const agents = { a1: 'Laptop', a2: 'Laptop', a3: 'Phone', a4: 'Tablet', a5: 'Thief', a6: 'Watch' };
    for (const [id, userAgent] of Object.entries(agents)) await start(db, ada, { id: asSessionId(id), userAgent });
    for (const [id, reason] of Object.entries(ended)) {
      await db.transact((tx) => store.end(tx, asSessionId(id), reason, 3_000));
    }
    await start(db, bea, { id: asSessionId('b1'), userAgent: 'Console' });
    assert.deepEqual((await store.listUserAgents(db, ada)).sort(), ['Laptop', 'Phone']);
    const known = (user: UserId, agent: string) => store.hasUserAgent(db, user, agent);
    assert.deepEqual(
      await Promise.all(['Laptop', 'Phone', 'Tablet', 'Thief', 'Watch', 'Console'].map((agent) => known(ada, agent))),
      [true, true, false, false, false, false],
    );
    assert.equal(await known(ada, 'laptop'), false, 'to the letter');
    assert.equal(await known(bea, 'Console'), true);
    const trusted = (user: UserId, id: string) => store.isTrusted(db, user, asSessionId(id));
    assert.deepEqual(await Promise.all(Object.keys(agents).map((id) => trusted(ada, id))), [
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    assert.deepEqual([await trusted(bea, 'a1'), await trusted(ada, 'nothing')], [false, false]);
  });

  that('knows who makes a request', async (db) => {
    const user = await signIn(db);
    assert.deepEqual(await authenticate(db, user), {
      principal: {
        userId: user,
        username: 'ada',
        email: 'ada@example.com',
        emailVerified: false,
        createdAt: 500,
        sessionId,
      },
      permitted: true,
    });
  });

  that('lets nobody in with the session of another', async (db) => {
    await signIn(db);
    const mallory = await addUser(db, 'mallory');
    assert.equal(await authenticate(db, mallory), undefined);
    assert.equal(await store.find(db, asSessionId(''), 1_000), undefined);
  });

  that('lets nobody in from the instant at which the session expires or idles away', async (db) => {
    const user = await addUser(db, 'ada');
    await start(db, user);
    assert.ok(await authenticate(db, user, { now: 4_999 }));
    assert.equal(await authenticate(db, user, { now: 5_000 }), undefined);
    await rotate(db, { idleExpiresAt: 20_000 });
    assert.ok(await authenticate(db, user, { now: 8_999 }));
    assert.equal(await authenticate(db, user, { now: 9_000 }), undefined);
  });

  that('knows whether the user holds a permission, by any of their roles, in one read', async (db) => {
    const user = await signIn(db);
    const bystander = await addUser(db, 'bea');
    await db.transact(async (tx) => {
      await rolesStore.ensureBuiltIns(tx, 500);
      await rolesStore.addPermission(tx, { name: 'posts:publish', description: '', at: 500 });
      const add = (name: string, permissions: Permission[]) =>
        rolesStore.addRole(tx, { name, description: '', permissions, at: 500 });
      await rolesStore.assign(tx, user, await add('Empty', []), 500);
      await rolesStore.assign(tx, user, await add('Writer', ['posts:publish', 'roles:write']), 500);
      await rolesStore.assign(tx, bystander, await add('Remover', ['users:delete']), 500);
    });
    const held = async (permission: Permission) =>
      (await authenticate(onlyOneRead(db), user, { permission }))?.permitted;
    assert.equal(await held('posts:publish'), true);
    assert.equal(await held('roles:write'), true);
    assert.equal(await held('users:delete'), false, 'another user’s role is not theirs');
    assert.equal(await held('posts:Publish'), false);
    assert.equal(await held('no:such'), false);
  });

  that('grants an admin every permission, also one that nobody has registered', async (db) => {
    const user = await signIn(db);
    const permitted = async () => (await authenticate(onlyOneRead(db), user, { permission: 'no:such' }))?.permitted;
    await db.transact((tx) => rolesStore.ensureBuiltIns(tx, 500));
    assert.equal(await permitted(), false);
    const admin = await rolesStore.findRoleId(db, 'admin');
    assert.ok(admin);
    await db.transact((tx) => rolesStore.assign(tx, user, admin, 500));
    assert.equal(await permitted(), true);
    await db.transact((tx) => rolesStore.unassign(tx, user, admin));
    assert.equal(await permitted(), false, 'from the next request on');
  });

  that('sweeps sessions whose absolute life was over before, ended or not, and keeps every other', async (db) => {
    const user = await addUser(db, 'ada');
    const lives: Record<string, number> = { old: 7_999, edge: 8_000, young: 8_001 };
    for (const [id, expiresAt] of Object.entries(lives)) {
      await start(db, user, { id: asSessionId(id), expiresAt, idleExpiresAt: 2_000 });
      await start(db, user, { id: asSessionId(`${id}, ended`), expiresAt });
      await end(db, asSessionId(`${id}, ended`));
    }
    const sweep = () => db.transact((tx) => store.sweep(tx, 8_000));
    assert.equal(await sweep(), 2);
    assert.equal(await sweep(), 0);
    const left = await behind(db, (builder) => builder.selectFrom('sessions').select('id').orderBy('id'));
    assert.deepEqual(
      left.map(({ id }) => id),
      ['edge', 'edge, ended', 'young', 'young, ended'],
    );
  });

  that('gives no place in the status lists twice, whoever asks, also after the sweep and a roll-back', async (db) => {
    const taken = await atOnce(db, 20, (tx) => store.takeStatusIndex(tx, 1_000));
    const undone = db.transact(async (tx) => {
      await store.takeStatusIndex(tx, 1_000);
      throw new Error('undone');
    });
    await assert.rejects(undone, /undone/);
    await db.transact((tx) => store.sweep(tx, 8_000));
    taken.push(await db.transact((tx) => store.takeStatusIndex(tx, 1_000)));
    assert.equal(new Set(taken).size, 21);
    assert.ok(taken.at(-1) === Math.max(...taken));
    const left = await behind(db, (builder) => builder.selectFrom('status_indexes').select('id'));
    assert.equal(left.length, 2, 'the rows are of no use, and do not pile up');
  });

  that('knows the next place in the status lists that a session has, alive or not', async (db) => {
    assert.equal(await store.nextStatusIndex(db, 0), undefined);
    const user = await addUser(db, 'ada');
    for (const id of ['a', 'b', 'c', 'd']) await start(db, user, { id: asSessionId(id) });
    await end(db, asSessionId('b'));
    await behind(db, (builder) => builder.deleteFrom('sessions').where('id', '=', 'c'));
    await behind(db, (builder) => builder.updateTable('sessions').set({ status_index: null }).where('id', '=', 'a'));
    const next = await Promise.all([0, 1, 2, 3, 4, 5].map((from) => store.nextStatusIndex(db, from)));
    assert.deepEqual(next, [2, 2, 2, 4, 4, undefined]);
  });

  that('lists the places of ended sessions within a range, its start in, its end out', async (db) => {
    const user = await addUser(db, 'ada');
    const ids = Array.from({ length: 6 }, (_, at) => asSessionId(`s${at + 1}`));
    for (const id of ids) await start(db, user, { id });
    for (const id of ids.filter((it) => it !== 's3')) await end(db, id);
    const listed = async (from: number, to: number) => (await store.listEnded(db, { from, to })).sort();
    assert.deepEqual(await listed(2, 5), [2, 4]);
    assert.deepEqual(await listed(0, 100), [1, 2, 4, 5, 6]);
    assert.deepEqual([await listed(3, 4), await listed(7, 9_000_000_000_000)], [[], []]);
  });

  that('tells ended sessions in the order of their ends, a thousand at a time, and misses none', async (db) => {
    const user = await addUser(db, 'ada');
    const row = (at: number) => ({ id: `s${at}`, user_id: user, generation: 0, token_hash: `${at}`, ...lives });
    const lives = { created_at: 1, rotated_at: 1, expires_at: 9_000, idle_expires_at: 9_000, ip: '', user_agent: '' };
    const rows = Array.from({ length: 2_300 }, (_, at) => ({
      ...row(at),
      status_index: 5_000 - at,
      ended_at: at < 2_200 ? 3_000 : 3_000 + at,
    }));
    const others = [
      { ...row(9_001), status_index: 9_001, ended_at: 2_999 },
      { ...row(9_002), status_index: 9_002, ended_at: null },
      { ...row(9_003), status_index: null, ended_at: 3_000 },
    ];
    await behind(db, (builder) => builder.insertInto('sessions').values([...rows.slice(0, 1_200)]));
    await behind(db, (builder) => builder.insertInto('sessions').values([...rows.slice(1_200), ...others]));
    const pages = [await store.endedAfter(db, { endedAt: 3_000, statusIndex: -1 })];
    for (let last = pages[0]?.at(-1); last !== undefined; last = pages.at(-1)?.at(-1)) {
      pages.push(await store.endedAfter(db, last));
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [1_000, 1_000, 300, 0],
    );
    const expected = rows.map(({ status_index, ended_at }) => ({ statusIndex: status_index, endedAt: ended_at }));
    expected.sort((a, b) => a.endedAt - b.endedAt || a.statusIndex - b.statusIndex);
    assert.deepEqual(pages.flat(), expected);
  });

  that('a read beside a running transaction sees the session as it was, until that has ended', async (db) => {
    const user = await signIn(db);
    const gate = Promise.withResolvers<void>();
    const ending = db.transact(async (tx) => {
      await store.end(tx, sessionId, 'logout', 3_000);
      await gate.promise;
    });
    await breathe();
    assert.ok(await authenticate(db, user));
    gate.resolve();
    await ending;
    assert.equal(await authenticate(db, user), undefined);
  });
});

/** A database that answers once. */
function onlyOneRead(db: Database): Database {
  let reads = 0;
  const counted = <Arguments extends unknown[], Result>(read: (...given: Arguments) => Result) => {
    return (...given: Arguments): Result => {
      reads += 1;
      assert.equal(reads, 1);
      return read(...given);
    };
  };
  return { ...db, first: counted(db.first) as Database['first'], all: counted(db.all) as Database['all'] };
}
