import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '../../src/db/database.ts';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { SessionParts } from '../../src/features/sessions/index.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { type Isolation, interleave, type Turn } from './interleaved-database.ts';
import { type Node, openNode } from './node.ts';

/** Where every history begins. */
export const beginning = Date.UTC(2026, 0, 1);

/** The request on whose behalf code runs, as far as the ground needs to know it. */
export interface Running {
  readonly turn: Turn;
}

/** A machine: it can die and come back without its caches, and its clock may be wrong. */
export interface Machine {
  readonly name: string;
  /** Milliseconds by which its clock is ahead. */
  offset: number;
  /** How often it has died. */
  deaths: number;
  /** Dies as soon as it has committed something, before it can answer. */
  doomed: boolean;
  node: Node;
  spare: Node | undefined;
  /** A new process, with nothing in memory. */
  replace(): Promise<Node>;
}

/** Two machines that share a database. */
export interface Site {
  readonly machines: readonly [Machine, Machine];
  readonly time: { now: number };
}

/** A database with its sites, made when first asked for. Histories run on it one after the other. */
export interface Ground {
  readonly db: Database;
  readonly onServer: boolean;
  /** The id of the last security event that was looked at. */
  lastEvent: number;
  /** Runs `work` as a request, whose turns are the scheduler's. */
  as<T>(running: Running, work: () => Promise<T>): Promise<T>;
  site(strict: boolean, isolation: Isolation): Promise<Site>;
}

/** On SQLite, or on the server that this run is about. @param parts what a sabotage replaces */
export async function openGround(parts: SessionParts = {}): Promise<Ground & AsyncDisposable> {
  const onServer = process.env.TEST_SERVER_URL !== undefined;
  // Nothing is pulled here, so that nothing need be synced: it is about order, not about power cuts.
  const noSync = () => ({ sync: async () => {}, close: async () => {} });
  const db = onServer ? await openTestDatabase() : openSqlite({ path: ':memory:', openWal: noSync });
  await migrate(db, beginning);
  const current = new AsyncLocalStorage<Running>();
  const turn: Turn = async (...args) => current.getStore()?.turn(...args);
  const sites = new Map<string, Promise<Site>>();

  const openSite = async (strict: boolean, isolation: Isolation): Promise<Site> => {
    const time = { now: beginning };
    const interleaved = interleave(db, isolation, turn, () => current.getStore() !== undefined);
    const openMachine = async (name: string): Promise<Machine> => {
      const replace = () => openNode({ db: interleaved, clock, strict, parts });
      const clock = { now: () => time.now + machine.offset };
      const machine: Machine = { name, offset: 0, deaths: 0, doomed: false, spare: undefined, replace } as never;
      machine.node = await replace();
      return machine;
    };
    return { machines: [await openMachine('A'), await openMachine('B')], time };
  };

  return {
    db,
    onServer,
    lastEvent: 0,
    as: (running, work) => current.run(running, work),
    site(strict, isolation) {
      const key = `${strict} ${isolation}`;
      const known = sites.get(key) ?? openSite(strict, isolation);
      sites.set(key, known);
      return known;
    },
    [Symbol.asyncDispose]: () => db.close(),
  };
}
