import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openTestDatabase } from '../../../test/support/databases/index.ts';
import { addressOf, countOutbox, fillOutbox } from '../../../test/support/outbox.ts';
import { createTestClock, testRandom } from '../../../test/support/ports.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import { migrate } from '../../db/migrate.ts';
import type { Clock } from '../../kernel/clock.ts';
import { MailAgainstPolicy, type Mailer, MailServerAway, type OutgoingMail } from '../../kernel/mailer.ts';
import { Secret } from '../../kernel/secret.ts';
import { createBrand } from './brand.ts';
import { createDelivery, deliveryLanes } from './deliver-due.ts';
import { createDeliverMail } from './deliver-mail.ts';
import { mailKeys } from './open-posting.ts';
import { renderLetter } from './render-letter.ts';
import { mailStore as store } from './store.sql.ts';

const secretKey = 'a secret key for tests, long enough';

/** A delivery of so many mails by a mailer of the test's. */
const brand = createBrand({
  name: 'Acme',
  logoUrl: undefined,
  color: '#1f5fbf',
  support: undefined,
  language: 'en',
});

async function deliveryOf(count: number, send: Mailer['send'], options: { clock?: Clock; farewellMs?: number } = {}) {
  const { clock = systemClock } = options;
  const db = await openTestDatabase();
  await migrate(db, 1);
  await fillOutbox(db, count, secretKey);
  const keys = mailKeys({ present: new Secret(secretKey), former: [] });
  const calls = { looks: 0, closed: 0, faults: [] as unknown[], isAway: false };
  const watched = {
    ...store,
    listDue: (...given: Parameters<typeof store.listDue>) => {
      calls.looks += 1;
      if (calls.isAway) throw new Error('the database is away');
      return store.listDue(...given);
    },
  };
  const mailer = { send, close: () => {} };
  const letters = { keys, mailer, render: renderLetter, brand, onGivenUp: () => {} };
  const ports = { db, clock, random: testRandom, store: watched };
  const deliver = createDeliverMail({ ...ports, ...letters });
  const close = () => {
    calls.closed += 1;
  };
  const onFault = (error: unknown) => calls.faults.push(error);
  const delivery = createDelivery({ ...ports, ...options, deliver, close, onFault });
  return { db, delivery, calls, [Symbol.asyncDispose]: () => db.close() };
}

describe('the delivery', () => {
  test('has a few mails under way at once, and each once', async () => {
    const [sent, underWay] = [[] as string[], new Set<string>()];
    let most = 0;
    await using world = await deliveryOf(250, async ({ to }: OutgoingMail) => {
      underWay.add(to);
      most = Math.max(most, underWay.size);
      await new Promise((resolve) => setImmediate(resolve));
      underWay.delete(to);
      sent.push(to);
    });
    await world.delivery.all();
    assert.deepEqual(sent.sort(), Array.from({ length: 250 }, (_, place) => addressOf(place)).sort());
    assert.ok(most > 1 && most <= deliveryLanes, String(most));
  });

  test('believes a server that refuses a receiver by its policy after thirteen tries, within hours', async () => {
    let [tries, aheadMs] = [0, 0];
    const clock = { now: () => systemClock.now() + aheadMs };
    await using world = await deliveryOf(
      1,
      async () => {
        tries += 1;
        throw new MailAgainstPolicy('550 5.7.1 relaying denied');
      },
      { clock },
    );
    while ((await countOutbox(world.db)).waiting > 0 && aheadMs < 8 * 3_600_000) {
      await world.delivery.all();
      aheadMs += 600_000;
    }
    assert.equal(tries, 13);
    assert.deepEqual(await countOutbox(world.db), { waiting: 0, sent: 0, givenUp: 1 });
  });

  test('looks once where there is nothing', async () => {
    await using world = await deliveryOf(0, async () => {});
    await world.delivery.all();
    assert.equal(world.calls.looks, 1);
  });

  test('begins nothing while a server that was away has its rest, and goes on behind it', async () => {
    const clock = createTestClock(systemClock.now() + 1_000);
    let asked = 0;
    await using world = await deliveryOf(
      50,
      async () => {
        asked += 1;
        throw new MailServerAway('gone');
      },
      { clock },
    );
    await world.delivery.all();
    await world.delivery.all();
    assert.equal(asked, deliveryLanes);
    clock.advance(1_000);
    await world.delivery.all();
    assert.equal(asked, 2 * deliveryLanes);
    clock.advance(1_000);
    await world.delivery.all();
    assert.equal(asked, 2 * deliveryLanes, 'the second rest is longer');
  });

  test('that ends waits for what is under way, begins no more, and closes behind it', async () => {
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await using world = await deliveryOf(50, () => {
      asked.resolve();
      return answer.promise;
    });
    world.delivery.begin();
    await asked.promise;
    const stopped = world.delivery.stop();
    assert.equal(world.calls.closed, 0);
    answer.resolve();
    await stopped;
    const { sent } = await countOutbox(world.db);
    assert.ok(sent >= 1 && sent <= deliveryLanes);
    world.delivery.begin();
    await world.delivery.all();
    assert.deepEqual([(await countOutbox(world.db)).sent, world.calls.closed], [sent, 1]);
  });

  test('that ends does not wait for ever; what it breaks off is anybody\u2019s at once', async () => {
    const asked = Promise.withResolvers<void>();
    const hang: Mailer['send'] = (_, signal) =>
      new Promise((_resolve, reject) => {
        asked.resolve();
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    await using world = await deliveryOf(1, hang, { farewellMs: 50 });
    world.delivery.begin();
    await asked.promise;
    await world.delivery.stop();
    const [mail] = await store.listDue(world.db, systemClock.now(), 9);
    assert.equal(mail?.attempts, 1);
    assert.deepEqual(await countOutbox(world.db), { waiting: 1, sent: 0, givenUp: 0 });
  });

  test('tells of a database that is away, and goes on with the next turn', async () => {
    await using world = await deliveryOf(1, async () => {});
    world.calls.isAway = true;
    world.delivery.begin();
    await assert.rejects(world.delivery.all(), /away/);
    assert.match(String(world.calls.faults[0]), /away/);
    world.calls.isAway = false;
    await world.delivery.all();
    assert.equal((await countOutbox(world.db)).sent, 1);
  });
});
