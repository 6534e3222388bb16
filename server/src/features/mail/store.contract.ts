import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import { usersStore } from '../users/index.ts';
import { mailRecordsStore } from './record-store.sql.ts';
import { mailStore } from './store.sql.ts';
import type { NewMail, WaitingMail } from './store.ts';

/** Both sides of the one outbox. */
const store = { ...mailStore, ...mailRecordsStore };

const written = (id: string, changes: Partial<NewMail> = {}): NewMail => ({
  id,
  user: undefined,
  to: `${'ü'.repeat(300)}@example.com`,
  template: 'verify-email',
  sealed: 's'.repeat(20_000),
  createdAt: 1_000,
  expiresAt: 9_000,
  ...changes,
});

const add = (db: Database, id: string, changes: Partial<NewMail> = {}) =>
  db.transact((tx) => store.add(tx, written(id, changes)));

const addUser = (db: Database): Promise<UserId> => {
  const names = { username: 'ada', usernameKey: 'ada', email: 'a@example.com', emailKey: 'a@example.com' };
  return db.transact((tx) => usersStore.add(tx, { ...names, createdAt: 1 }));
};

const due = async (db: Database, now = 5_000): Promise<string[]> =>
  (await store.listDue(db, now, 100)).map(({ id }) => id);

const only = async (db: Database): Promise<WaitingMail> => {
  const [mail] = await store.listDue(db, 99_999, 1);
  assert.ok(mail);
  return mail;
};

/** Claims the mail that waits, until 6,000. */
const claimed = async (db: Database): Promise<WaitingMail> => {
  const mail = await only(db);
  assert.ok(await db.transact((tx) => store.claim(tx, mail, 6_000)));
  return { ...mail, attempts: mail.attempts + 1 };
};

const bodies = async (db: Database): Promise<unknown[]> =>
  (await behind<{ sealed: unknown }>(db, (builder) => builder.selectFrom('mails').select('sealed'))).map(
    ({ sealed }) => sealed,
  );

export const mailStoreContract = storeContract('the outbox', (that) => {
  that('gives what is due, the longest first, and no more than was asked', async (db) => {
    await add(db, 'late', { createdAt: 3_000 });
    await add(db, 'early', { createdAt: 2_000 });
    await add(db, 'not yet', { createdAt: 7_000 });
    assert.deepEqual(await due(db), ['early', 'late']);
    assert.deepEqual(
      (await store.listDue(db, 9_999, 1)).map(({ id, attempts }) => [id, attempts]),
      [['early', 0]],
    );
  });

  that('keeps nothing of what was rolled back', async (db) => {
    await assert.rejects(
      db.transact(async (tx) => {
        await store.add(tx, written('never'));
        throw new Error('no');
      }),
      /^Error: no$/,
    );
    assert.deepEqual(await store.list(db, undefined, 9), []);
  });

  that('gives a mail to one of many who claim it at once', async (db) => {
    await add(db, 'one');
    const mail = await only(db);
    assert.equal(yesAmong(await atOnce(db, 8, (tx) => store.claim(tx, mail, 6_000))), 1);
    assert.deepEqual(await due(db), []);
  });

  that(
    'gives a mail to another when the time of who has claimed it is over, and the first has no say any more',
    async (db) => {
      await add(db, 'one');
      const first = await claimed(db);
      assert.deepEqual([await due(db, 5_999), await due(db, 6_000)], [[], ['one']]);
      const second = await claimed(db);
      assert.equal(second.attempts, 2);
      await db.transact(async (tx) => {
        assert.equal(await store.markSent(tx, first, 6_500), false);
        assert.equal(await store.putOff(tx, first, { dueAt: 1, error: 'x', failures: 1 }), false);
        assert.equal(await store.giveUp(tx, first, { at: 6_500, error: 'x' }), false);
        assert.equal(await store.markSent(tx, second, 6_600), true);
        assert.equal(await store.markSent(tx, second, 6_700), false, 'once');
      });
      assert.equal((await store.find(db, 'one'))?.sentAt, 6_600);
    },
  );

  that('forgets what a mail said when it is sent or given up, and not while it waits', async (db) => {
    await add(db, 'one');
    const first = await claimed(db);
    await db.transact((tx) => store.putOff(tx, first, { dueAt: 7_000, error: 'busy', failures: 1 }));
    assert.deepEqual(await bodies(db), ['s'.repeat(20_000)]);
    assert.deepEqual([await due(db, 6_999), await due(db, 7_000)], [[], ['one']]);
    assert.deepEqual([first.failures, (await only(db)).failures], [0, 1]);
    const second = await claimed(db);
    await db.transact((tx) => store.giveUp(tx, second, { at: 7_100, error: 'e'.repeat(500) }));
    assert.deepEqual(await bodies(db), [null]);
    const { sealed: _, user, ...rest } = written('one');
    assert.deepEqual(await store.find(db, 'one'), {
      ...rest,
      user,
      state: 'given-up',
      dueAt: undefined,
      attempts: 2,
      sentAt: undefined,
      givenUpAt: 7_100,
      lastError: 'e'.repeat(500),
    });
  });

  that('lists mails by their state, the newest first', async (db) => {
    for (const [place, id] of ['waits', 'was sent', 'given up'].entries()) await add(db, id, { createdAt: place + 1 });
    const [, sent, lost] = (await store.listDue(db, 9, 9)).sort((a, b) => a.createdAt - b.createdAt);
    await db.transact(async (tx) => {
      for (const mail of [sent, lost]) assert.ok(mail && (await store.claim(tx, mail, 6_000)));
      await store.markSent(tx, { id: 'was sent', attempts: 1 }, 5);
      await store.giveUp(tx, { id: 'given up', attempts: 1 }, { at: 6, error: 'refused' });
    });
    const ids = async (...asked: [Parameters<typeof store.list>[1], number]) =>
      (await store.list(db, ...asked)).map(({ id }) => id);
    assert.deepEqual(await ids(undefined, 9), ['given up', 'was sent', 'waits']);
    assert.deepEqual(await ids(undefined, 1), ['given up']);
    assert.deepEqual(await ids('waiting', 9), ['waits']);
    assert.deepEqual(await ids('sent', 9), ['was sent']);
    assert.deepEqual(await ids('given-up', 9), ['given up']);
    assert.equal(await store.find(db, 'another'), undefined);
  });

  that('says how many of the old ones wait, since when, and why', async (db) => {
    assert.deepEqual(await store.backlog(db, 9_999), { waiting: 0, since: undefined, lastError: undefined });
    await add(db, 'old', { createdAt: 2_000 });
    const mail = await claimed(db);
    await db.transact((tx) => store.putOff(tx, mail, { dueAt: 8_000, error: 'busy', failures: 1 }));
    await add(db, 'older than nine', { createdAt: 2_500 });
    await add(db, 'new', { createdAt: 3_000 });
    assert.deepEqual(await store.backlog(db, 3_000), { waiting: 2, since: 2_000, lastError: 'busy' });
  });

  that('hastens what has failed and waits: not what somebody is sending, and not what is over', async (db) => {
    await add(db, 'one');
    const mail = await claimed(db);
    await db.transact((tx) => store.putOff(tx, mail, { dueAt: 8_000, error: 'busy', failures: 1 }));
    await db.transact(async (tx) => {
      assert.equal(await store.hasten(tx, 'one', 5_000), true);
      assert.equal(await store.hasten(tx, 'two', 5_000), false);
    });
    assert.deepEqual(await due(db), ['one']);
    await db.transact((tx) => store.putOff(tx, mail, { dueAt: 8_000, error: 'busy', failures: 1 }));
    assert.equal(await db.transact((tx) => store.hastenAll(tx, 5_000)), 1);
    const again = await claimed(db);
    await db.transact(async (tx) => {
      assert.deepEqual([await store.hasten(tx, 'one', 5_100), await store.hastenAll(tx, 5_100)], [false, 0]);
      await store.markSent(tx, again, 5_500);
      assert.equal(await store.hasten(tx, 'one', 5_600), false);
      assert.equal(await store.hastenAll(tx, 5_600), 0);
    });
  });

  that('shows what is shown and not sent, until that is erased', async (db) => {
    await add(db, 'to be sent');
    await db.transact(async (tx) => {
      await store.addShown(tx, written('first', { sealed: 'one' }));
      await store.addShown(tx, written('second', { sealed: 'two', createdAt: 1_500 }));
    });
    assert.deepEqual(await due(db), ['to be sent']);
    assert.deepEqual(await store.listShown(db, 9), [
      { id: 'second', sealed: 'two', createdAt: 1_500 },
      { id: 'first', sealed: 'one', createdAt: 1_000 },
    ]);
    assert.equal((await store.listShown(db, 1)).length, 1);
    assert.deepEqual(await store.findShown(db, 'first'), { id: 'first', sealed: 'one', createdAt: 1_000 });
    assert.equal(await store.findShown(db, 'to be sent'), undefined);
    await db.transact((tx) => store.eraseShown(tx));
    assert.deepEqual([await store.listShown(db, 9), await due(db)], [[], ['to be sent']]);
    assert.equal((await store.find(db, 'first'))?.state, 'sent');
  });

  that('sweeps what was sent or has expired long ago, in steps, and keeps what waits', async (db) => {
    await db.transact(async (tx) => {
      for (let place = 0; place < 5; place += 1) await store.addShown(tx, written(`old ${place}`));
      await store.addShown(tx, written('new', { createdAt: 50_000 }));
      await store.add(tx, written('expired'));
      await store.add(tx, written('waits', { expiresAt: 99_000 }));
    });
    const sweep = () => db.transact((tx) => store.sweep(tx, 50_000, 4));
    assert.deepEqual([await sweep(), await sweep(), await sweep()], [4, 2, 0]);
    assert.deepEqual((await store.list(db, undefined, 9)).map(({ id }) => id).sort(), ['new', 'waits']);
  });

  that(
    'counts those of a template to an address, in whatever spelling, since an instant, also what was sent',
    async (db) => {
      const user = await addUser(db);
      const to = 'Ada@Example.com';
      await add(db, 'a', { user, to, template: 'new-device', createdAt: 1_000 });
      await add(db, 'b', { to: 'ADA@example.com', template: 'new-device', createdAt: 2_000 });
      await add(db, 'c', { user, to, template: 'sign-in', createdAt: 2_000 });
      await add(db, 'd', { user, to: 'bea@example.com', template: 'new-device', createdAt: 2_000 });
      const count = (since: number) => store.countSince(db, 'ada@example.com', 'new-device', since);
      assert.deepEqual([await count(0), await count(1_000), await count(2_000)], [2, 1, 0]);
      for (const mail of await store.listDue(db, 5_000, 100)) {
        await db.transact(async (tx) => {
          assert.ok(await store.claim(tx, mail, 6_000));
          assert.ok(await store.markSent(tx, { ...mail, attempts: 1 }, 5_000));
        });
      }
      assert.equal(await count(0), 2);
    },
  );

  that('goes with its user, and keeps what is for nobody', async (db) => {
    const user = await addUser(db);
    await add(db, 'hers', { user });
    await add(db, 'her second', { user, createdAt: 2_000 });
    await add(db, 'of nobody');
    assert.deepEqual(
      (await store.listOf(db, user)).map(({ id, user: whose }) => [id, whose]),
      [
        ['her second', user],
        ['hers', user],
      ],
    );
    await db.transact((tx) => store.removeOf(tx, user));
    assert.deepEqual(await due(db), ['of nobody']);
  });
});
