import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabaseOn } from '../../server/test/support/databases/index.ts';
import type { TestPostgres } from '../../server/test/support/databases/postgres.ts';
import { betterAuth } from '../contenders/better-auth/contender.ts';
import { fastapiSeed } from '../contenders/fastapi-seed/contender.ts';
import { keyward } from '../contenders/keyward/contender.ts';
import type { Contender, Request } from './contender.ts';
import type { Job, Sample } from './results.ts';
import type { Instruments } from './rounds.ts';
import type { Running } from './running.ts';
import { type Measured, stopSubject, subjectsOf } from './subjects.ts';
import type { Wrk } from './wrk.ts';

export interface Options {
  readonly folder: string;
  readonly rounds: number;
  readonly quick: boolean;
  /** The name of the one contender besides Keyward. */
  readonly only: string | undefined;
  readonly say: (text: string) => void;
}

const contenders: readonly Contender[] = [keyward, betterAuth, fastapiSeed];

const secondsOf = (quick: boolean): Readonly<Record<Job, number>> =>
  quick
    ? { user: 1, refresh: 1, 'sign-in': 2, 'sign-up': 1, mixed: 2 }
    : { user: 4, refresh: 4, 'sign-in': 6, 'sign-up': 6, mixed: 6 };

/** All that one run works with and has come to know. */
export interface Bench {
  /** Without those that did not come through their first start. */
  subjects: readonly Measured[];
  readonly instruments: Instruments;
  readonly versions: Record<string, string>;
  readonly notRun: string[];
  /** What the SQLite and the PostgreSQL loop work on. */
  readonly places: { readonly none: string; readonly sqlite: string; readonly postgres: string | undefined };
  bare: Running | undefined;
  bareRequest: Request | undefined;
  readonly samples: Map<string, { [job in Job]?: Sample[] }>;
  readonly starts: Map<string, { first: number; startMs: number[]; idleRssMib: number[] }>;
}

export async function setUp(
  { folder, quick, only, say }: Options,
  wrk: Wrk,
  postgres: TestPostgres | undefined,
): Promise<Bench> {
  const versions: Record<string, string> = {
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? 'unknown',
    wrk: wrk.version,
  };
  if (postgres !== undefined) versions.postgresql = postgres.version;
  const notRun: string[] = [];
  const subjects: Measured[] = [];
  for (const contender of contenders) {
    if (only !== undefined && contender !== keyward && contender.name !== only) continue;
    say(`preparing ${contender.name}`);
    const prepared = await contender.prepare();
    if ('missing' in prepared) {
      notRun.push(`${contender.name}: ${prepared.missing}`);
      continue;
    }
    Object.assign(versions, prepared.versions);
    const emptyDatabases = postgres && (() => createDatabaseOn(postgres.url));
    if (quick && contender !== keyward) notRun.push(`${contender.name} on PostgreSQL: left out of a quick run`);
    subjects.push(
      ...(await subjectsOf(contender, folder, quick && contender !== keyward ? undefined : emptyDatabases)),
    );
  }
  const sqlite = join(folder, 'limit');
  mkdirSync(sqlite);
  return {
    subjects,
    instruments: { wrk, folder, databasePid: postgres?.pid, seconds: secondsOf(quick) },
    versions,
    notRun,
    places: { none: '', sqlite, postgres: postgres && (await createDatabaseOn(postgres.url)) },
    bare: undefined,
    bareRequest: undefined,
    samples: new Map(),
    starts: new Map(),
  };
}

export async function tearDown(bench: Bench): Promise<void> {
  for (const subject of bench.subjects) await stopSubject(subject);
  await bench.bare?.stop();
}

export const nameOf = ({ name, store, hash, place }: Measured): string =>
  `${name} / ${store}${hash === 'equal' ? ' / argon2id' : ''}${place.refreshing ? ' / refreshing' : ''}`;
