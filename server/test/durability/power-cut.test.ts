import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { createTestFolder } from '../support/folder.ts';
import { createLedger, readLedger, writeEntry } from '../support/ledger.ts';
import { createSeeded, type Seeded } from '../support/seeded.ts';
import { hasTable, recovered } from './recovered.ts';
import { tear } from './torn.ts';
import { createWatchedDisk, type DiskState } from './watched-disk.ts';

const clients = 16;
const entriesEach = 20;
const cuts = 12;
/** The load goes on until the WAL has started over this often, so that checkpoints take part; but not for ever. */
const leastRestarts = 3;
const mostEntriesEach = 150;

/** What would be on the disk, had the power gone at a moment, and what had been acknowledged by then. */
interface Cut {
  readonly acknowledged: readonly number[];
  readonly sure: DiskState;
  readonly written: DiskState;
}

/** Many clients write entries at once, and the power goes at random moments. */
async function run(random: Seeded, options: { lies: boolean }): Promise<{ cuts: Cut[]; restarts: number }> {
  using folder = createTestFolder();
  const pause = async () => {
    for (let breaths = random.below(4); breaths >= 0; breaths -= 1) await breathe();
  };
  const disk = createWatchedDisk(pause, options);
  const db = openSqlite({ path: folder.file('keyward.db'), openWal: disk.openWal, checkpointEveryCommits: 25 });
  const acknowledged: number[] = [];
  const seen: Cut[] = [];
  const moments = new Set(Array.from({ length: cuts }, () => random.below(clients * entriesEach)));
  const cutPower = () => seen.push({ acknowledged: [...acknowledged], sure: disk.sure(), written: disk.written() });

  const client = async (number: number) => {
    for (let turn = 0; turn < mostEntriesEach; turn += 1) {
      if (turn >= entriesEach && disk.restarts >= leastRestarts) return;
      const entry = turn * clients + number;
      await db.transact(async (tx) => {
        await writeEntry(tx, entry);
        if (random.chance(0.2)) await breathe();
      });
      acknowledged.push(entry);
      // At once, and now and then in the middle of what the others are doing.
      if (moments.has(acknowledged.length)) cutPower();
      if (random.chance(0.02)) cutPower();
    }
  };
  try {
    await createLedger(db);
    await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
    cutPower();
  } finally {
    await db.close();
  }
  return { cuts: seen, restarts: disk.restarts };
}

/** What the database says after such a cut. */
const restart = ({ database, wal }: DiskState) =>
  recovered({ 'keyward.db': database, 'keyward.db-wal': wal }, async (db) =>
    (await hasTable(db, 'ledger')) ? readLedger(db) : { whole: new Set<number>(), half: [] },
  );

describe('the power cut', () => {
  for (const seed of [1, 2, 3]) {
    test(`loses nothing that was acknowledged and leaves nothing half done (seed ${seed})`, async (t) => {
      const random = createSeeded(seed);
      const { cuts: seen, restarts } = await run(random, { lies: false });
      assert.ok(restarts >= leastRestarts, `checkpoints must take part; the WAL started over ${restarts} times`);
      let disks = 0;
      for (const { acknowledged, sure, written } of seen) {
        const torn = Array.from({ length: 4 }, () => tear(sure, written, random));
        for (const disk of [sure, written, ...torn]) {
          const { whole, half } = await restart(disk);
          assert.deepEqual(half, []);
          const lost = acknowledged.filter((entry) => !whole.has(entry));
          assert.deepEqual(lost, []);
          disks += 1;
        }
      }
      t.diagnostic(`${seen.length} cuts, ${disks} disks, ${restarts} restarts of the WAL`);
    });
  }

  test('control: with a sync that acknowledges and does nothing, acknowledged entries are lost', async () => {
    const { cuts: seen } = await run(createSeeded(4), { lies: true });
    let lost = 0;
    for (const { acknowledged, sure } of seen) {
      // What such a disk holds may not even be consistent; only plain losses are counted.
      const whole = await restart(sure).then(
        (ledger) => ledger.whole,
        () => new Set(acknowledged),
      );
      lost += acknowledged.filter((entry) => !whole.has(entry)).length;
    }
    assert.ok(lost > 0, 'the harness would not notice a loss');
  });
});
