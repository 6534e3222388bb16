import type { Database, Tx } from '../../src/db/database.ts';
import type { Soon } from '../../src/kernel/soon.ts';

/** Where a transaction can be held: before it begins, behind its first read, behind its first write, before and behind its commit. */
export type PausePoint = 'begin' | 'read' | 'write' | 'commit' | 'committed';

export interface Pause {
  /** Settles when a transaction stands there. */
  readonly reached: Promise<void>;
  resume(): void;
}

/** A database whose next transaction can be held by hand, while others go on beside it. */
export interface PausingDatabase {
  readonly db: Database;
  pauseAt(point: PausePoint): Pause;
}

export function createPausingDatabase(db: Database): PausingDatabase {
  let awaited: { point: PausePoint; reach: () => void; gate: Promise<void> } | undefined;

  const pass = async (point: PausePoint): Promise<void> => {
    if (awaited?.point !== point) return;
    const { reach, gate } = awaited;
    awaited = undefined;
    reach();
    await gate;
  };

  const pausing =
    <Given extends unknown[], Result>(point: PausePoint, work: (...given: Given) => Soon<Result>) =>
    async (...given: Given): Promise<Result> => {
      const result = await work(...given);
      await pass(point);
      return result;
    };

  const heldIn = (tx: Tx): Tx => ({
    ...tx,
    first: pausing('read', tx.first.bind(tx)) as Tx['first'],
    all: pausing('read', tx.all.bind(tx)) as Tx['all'],
    execute: pausing('write', tx.execute.bind(tx)) as Tx['execute'],
  });

  return {
    db: {
      ...db,
      transact: async (work, options) => {
        await pass('begin');
        const result = await db.transact(async (tx) => {
          const done = await work(heldIn(tx));
          await pass('commit');
          return done;
        }, options);
        await pass('committed');
        return result;
      },
    },
    pauseAt(point) {
      const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      awaited = { point, reach: reached.resolve, gate: gate.promise };
      return { reached: reached.promise, resume: gate.resolve };
    },
  };
}
