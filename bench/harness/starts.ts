import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../server/test/support/databases/server-process.ts';
import { launchBareHttp } from '../contenders/limits/limits.ts';
import { type Bench, nameOf, type Options } from './bench.ts';
import { usageOf } from './process-tree.ts';
import { ask, start } from './running.ts';
import { type Measured, proveCredentials, signInMany, signUpAll, startSubject, stopSubject } from './subjects.ts';

/** Those that are started again and again: one for each contender and database. */
const asTheyAre = ({ subjects }: Bench) => subjects.filter(({ hash, place }) => hash === 'own' && !place.refreshing);

/** Each makes its database and its accounts, and shows that it answers properly. Who does not is out, and it is told at the end. */
export async function firstStarts(bench: Bench, { say }: Options): Promise<void> {
  const good: Measured[] = [];
  for (const subject of bench.subjects) {
    say(`first start of ${nameOf(subject)}`);
    try {
      bench.starts.set(nameOf(subject), { first: await furnish(subject), startMs: [], idleRssMib: [] });
      good.push(subject);
    } catch (error) {
      bench.notRun.push(`${nameOf(subject)}: ${error instanceof Error ? error.message : error}`);
    } finally {
      await stopSubject(subject);
    }
  }
  bench.subjects = good;
}

/** @returns milliseconds to the first answer of a server that has to make its database */
async function furnish(subject: Measured): Promise<number> {
  const { startMs } = await startSubject(subject, { watched: false });
  await signUpAll(subject);
  await proveCredentials(subject, await signInMany(subject, 1));
  return startMs;
}

export async function laterStarts(bench: Bench, { rounds, quick, say }: Options): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    say(`starts, round ${round + 1} of ${rounds}`);
    for (const subject of asTheyAre(bench)) {
      const { startMs, pid } = await startSubject(subject, { watched: false });
      await sleep(quick ? 500 : 3_000);
      const starts = bench.starts.get(nameOf(subject));
      starts?.startMs.push(startMs);
      starts?.idleRssMib.push(usageOf(pid).rssMib);
      await stopSubject(subject);
    }
  }
}

/** All of them, and the bare server with the very bytes that Keyward answers. */
export async function startAll(bench: Bench, { folder }: Options): Promise<void> {
  for (const subject of bench.subjects) await startSubject(subject, { watched: true });
  const [model] = bench.subjects;
  const [mine] = model === undefined ? [] : await signInMany(model, 1);
  if (model === undefined || mine === undefined) throw new Error('there is no Keyward to compare with');
  const { rawHeaders, text } = await ask(model.place.port, mine.user);
  const headers = rawHeaders.filter((_, place) => !byNode.has((rawHeaders[place - (place % 2)] ?? '').toLowerCase()));
  const own = join(folder, 'bare');
  mkdirSync(own);
  const place = { ...model.place, port: await freePort(), folder: own };
  bench.bareRequest = mine.user;
  bench.bare = await start(place, launchBareHttp(place, { headers, body: text }), mine.user, { watched: true });
}

/** What Node writes by itself into every answer. */
const byNode = new Set(['date', 'connection', 'keep-alive']);
