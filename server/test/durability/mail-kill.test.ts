import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { until } from '../journeys/keyward.ts';
import { createTestFolder, type TestFolder } from '../support/folder.ts';
import { addressOf, countOutbox, endLeases, fillOutbox } from '../support/outbox.ts';
import { standingSettings, startServerProcess } from '../support/process.ts';
import { type SmtpReceiver, startSmtpReceiver } from '../support/smtp-receiver.ts';

const mails = 300;
const kills = 4;
/** As many as a process sends at once: what a kill can leave sent and not written down. */
const lanes = 5;

const settings = ({ path }: TestFolder, { url }: SmtpReceiver) => ({
  dataDir: path,
  env: { SMTP_URL: url, MAIL_FROM: 'no-reply@example.com' },
});

async function outboxOf(folder: TestFolder, count: number) {
  const db = await openSqlite({ path: folder.file('keyward.db') });
  await migrate(db, 1);
  await fillOutbox(db, count, standingSettings.SECRET_KEY);
  return db;
}

test('kill -9 while mails are sent loses none; what goes out twice bears the same id', async (t) => {
  using folder = createTestFolder();
  await using receiver = await startSmtpReceiver();
  receiver.judge(() => sleep(3, 'take' as const));
  const db = await outboxOf(folder, mails);

  for (let kill = 1; kill <= kills; kill += 1) {
    await using doomed = await startServerProcess(settings(folder, receiver));
    await receiver.until(receiver.mails.length + 40);
    await doomed.kill();
    await endLeases(db);
  }
  const { waiting } = await countOutbox(db);
  assert.ok(waiting > 0, 'the kills came while there was something to lose');
  await using _server = await startServerProcess(settings(folder, receiver));
  await until(async () => (await countOutbox(db)).waiting === 0);

  assert.deepEqual(await countOutbox(db), { waiting: 0, sent: mails, givenUp: 0 });
  const byAddress = Map.groupBy(receiver.mails, ({ to }) => to[0]);
  assert.deepEqual([...byAddress.keys()].sort(), Array.from({ length: mails }, (_, place) => addressOf(place)).sort());
  const ids = new Set(receiver.mails.map(({ headers }) => headers.get('idempotency-key')));
  assert.equal(ids.size, mails, 'one id for each mail, however often it came');
  const twice = receiver.mails.length - mails;
  assert.ok(twice <= kills * lanes);
  t.diagnostic(`${kills} kills, ${mails} mails, ${twice} of them twice`);
  await db.close();
});

test('SIGTERM lets a mail under way be finished and written down, and begins no other', async () => {
  using folder = createTestFolder();
  await using receiver = await startSmtpReceiver();
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<'take'>()];
  let heard = 0;
  receiver.judge(() => {
    heard += 1;
    if (heard === lanes) asked.resolve();
    return answered.promise;
  });
  const db = await outboxOf(folder, 50);
  await using server = await startServerProcess(settings(folder, receiver));
  await asked.promise;
  const stopped = server.stop();
  await until(() =>
    fetch(`${server.url}/livez`).then(
      () => false,
      () => true,
    ),
  );
  answered.resolve('take');
  assert.equal(await stopped, 0);
  assert.deepEqual([heard, receiver.mails.length], [lanes, lanes]);
  assert.deepEqual(await countOutbox(db), { waiting: 50 - lanes, sent: lanes, givenUp: 0 });
  await db.close();
});
