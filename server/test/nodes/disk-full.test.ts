import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPostgres, type TestPostgres } from '../support/databases/postgres.ts';
import { eventually } from '../support/databases/server-process.ts';
import { type Load, longestMs, recoveryMs, signUpThrough } from './faults.ts';
import { createDatabaseOn, runSql } from './ground.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** A PostgreSQL of some 50 MB, and a log of 16 MB more. */
const diskMegabytes = 160;

test('the disk of the database runs full under load: all refusals in time, nothing acknowledged is lost', async (t) => {
  const mounted = mountSmallDisk(diskMegabytes);
  if ('missing' in mounted) return t.skip(`NOT RUN: ${mounted.missing}`);
  using disk = mounted;
  const postgres = await startPostgres({ parent: disk.path });
  if ('missing' in postgres) return t.skip(`NOT RUN: ${postgres.missing}`);
  try {
    const url = await createDatabaseOn(postgres.url);
    const figures: object[] = [];
    const { acknowledged, refused, slowestMs } = await signUpThrough(url, async (load) => {
      figures.push({ tables: await fullTables(load, disk, postgres) });
      figures.push({ log: await fullLog(load, disk, postgres, url) });
    });
    assert.ok(slowestMs < longestMs, `the slowest answer took ${slowestMs} ms`);
    t.diagnostic(JSON.stringify([{ signUps: acknowledged.length, refused, slowestMs }, ...figures]));
  } finally {
    await postgres.close();
  }
});

/** The tables cannot grow, while the log still has room: PostgreSQL lives, and refuses. */
async function fullTables(load: Load, disk: SmallDisk, postgres: TestPostgres) {
  disk.fill();
  await moreRefusals(load);
  assert.ok(isAlive(postgres.pid), 'PostgreSQL lives');
  disk.makeRoom();
  return { recoveredMs: await goesOn(load) };
}

/** Nothing can be written any more. Then PostgreSQL may end itself, and whoever made room starts it; the node needs no restart. */
async function fullLog(load: Load, disk: SmallDisk, postgres: TestPostgres, url: string) {
  await useUp(url, disk);
  await moreRefusals(load);
  disk.makeRoom();
  const survived = isAlive(postgres.pid);
  if (!survived) await postgres.kill().then(() => postgres.start());
  return { survived, recoveredMs: await goesOn(load) };
}

/** What PostgreSQL has set aside for its log before the disk was full. @throws Error when there is no end to it */
async function useUp(url: string, disk: SmallDisk): Promise<void> {
  for (let count = 0; count < 200; count += 1) {
    disk.fill();
    const written = runSql(url, "select pg_logical_emit_message(true, 'keyward', repeat('x', 500000))");
    if (await written.then(() => false).catch(() => true)) return;
  }
  throw new Error('the disk did not run full');
}

async function moreRefusals(load: Load): Promise<void> {
  const enough = load.refused + 20;
  await eventually(20_000, async () => assert.ok(load.refused >= enough, `${load.refused} of ${enough} were refused`));
}

/** Waits until somebody is signed up again; after how many milliseconds. */
async function goesOn(load: Load): Promise<number> {
  const [begun, before] = [performance.now(), load.acknowledged.length];
  await eventually(20_000, async () => assert.ok(load.acknowledged.length > before, 'nobody got through'));
  const ms = performance.now() - begun;
  assert.ok(ms < recoveryMs, `a sign-up went through ${ms} ms after there was room`);
  return ms;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
