import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { keyward } from './contenders/keyward/contender.ts';
import { figureOf } from './harness/figures.ts';
import { usageOf } from './harness/process-tree.ts';
import type { Job } from './harness/results.ts';
import { loadOf } from './harness/rounds.ts';
import { signUpAll, startSubject, stopSubject, subjectsOf } from './harness/subjects.ts';
import { findWrk } from './harness/wrk.ts';

/**
 * Whether memory stays flat while all four jobs go on at once: `npm run bench:soak -- [--seconds 600]`, on SQLite. The resident set is
 * looked at every second. Exits with 1 where its median in the last third is a tenth above that in the second: the first third is for a
 * heap to find its size.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } });
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 9) throw new Error('--seconds must be a whole number from 9');
const mostGrowth = 1.1;
/** Requests each connection waits before it sends again: a busy server, not a drowning one. */
const pauses: Readonly<Record<Exclude<Job, 'mixed'>, number>> = {
  user: 10,
  refresh: 50,
  'sign-in': 200,
  'sign-up': 500,
};

const wrk = findWrk();
if ('missing' in wrk) throw new Error(wrk.missing);
const folder = mkdtempSync(join(tmpdir(), 'keyward-soak-'));
const [subject] = await subjectsOf(keyward, folder, undefined);
if (subject === undefined) throw new Error('there is no Keyward on SQLite');
try {
  const { pid, port } = await startSubject(subject, { watched: false });
  await signUpAll(subject);
  const loads = await Promise.all(
    (Object.keys(pauses) as (keyof typeof pauses)[]).map(async (job) => ({
      ...(await loadOf(subject, job, seconds)),
      pauseMs: pauses[job],
    })),
  );
  let over = false;
  const running = Promise.all(loads.map((load) => wrk.run(port, load, folder))).finally(() => {
    over = true;
  });
  running.catch(() => {});
  const seen: number[] = [];
  while (!over) {
    seen.push(usageOf(pid).rssMib);
    await sleep(1_000);
  }
  const taken = await running;
  report(
    seen,
    taken.reduce((sum, { good }) => sum + good, 0),
  );
} finally {
  await stopSubject(subject);
  rmSync(folder, { recursive: true, force: true });
}

function report(seen: readonly number[], answers: number): void {
  const third = Math.floor(seen.length / 3);
  const medians = [0, 1, 2].map((part) => figureOf(seen.slice(part * third, (part + 1) * third)).median);
  const growth = (medians[2] ?? Number.NaN) / (medians[1] ?? Number.NaN);
  const flat = growth <= mostGrowth;
  const thirds = medians.map((it) => it.toFixed(0)).join(', ');
  process.stdout.write(`${answers} answers in ${seconds} s. Median resident MiB in each third: ${thirds}.\n`);
  process.stdout.write(
    `Last to second third: ${growth.toFixed(3)}, ${flat ? 'flat' : 'MISSED'} (at most ${mostGrowth}).\n`,
  );
  if (!flat) process.exitCode = 1;
}
