import type { Database, Reads, Tx } from '../../src/db/database.ts';
import type { Soon } from '../../src/kernel/soon.ts';

/**
 * - `transactions`: as the database makes them.
 * - `statements`: each statement commits by itself, as if there were no transactions at all. SQLite has one writer, so that its
 *   transactions never mix; with this, the statements of two refreshes do, in every order, and what keeps the chain single can only be
 *   the conditional update itself.
 */
export type Isolation = 'transactions' | 'statements';

/**
 * Waits for its turn.
 *
 * @param fatal whether the node may die here; false in the middle of what can no longer be rolled back
 */
export type Turn = (what: string, options: { readonly fatal: boolean; readonly statement: boolean }) => Promise<void>;

/** A database at whose every `await` the scheduler says who goes on. Outside of `active`, it is `db` itself. */
export function interleave(db: Database, isolation: Isolation, turn: Turn, active: () => boolean): Database {
  const yielding = (reads: Reads, fatal: boolean): Reads => {
    const step = async <T>(what: string, work: () => Soon<T>): Promise<T> =>
      active() ? turn(what, { fatal, statement: true }).then(work) : work();
    return {
      first: (statement, parameters) => step('reads', () => reads.first(statement, parameters)),
      all: (statement, parameters) => step('reads', () => reads.all(statement, parameters)),
      query: (query) => step('reads', () => reads.query(query)),
    };
  };

  const writing = (tx: Pick<Tx, 'execute' | 'insert'>, fatal: boolean) => ({
    execute: async (...[statement, parameters]: Parameters<Tx['execute']>) => {
      await turn('writes', { fatal, statement: true });
      return tx.execute(statement, parameters);
    },
    insert: async (...[statement, parameters]: Parameters<Tx['insert']>) => {
      await turn('inserts', { fatal, statement: true });
      return tx.insert(statement, parameters);
    },
  });

  const whole: Database['transact'] = (work, options) =>
    db.transact(async (tx) => {
      const result = await work({ ...yielding(tx, true), ...writing(tx, true) } as unknown as Tx);
      // The one write has committed itself.
      if (options?.writes !== 'once') await turn('commits', { fatal: true, statement: false });
      return result;
    }, options);

  const piecemeal: Database['transact'] = (work, options) =>
    work({
      ...yielding(db, options?.writes === 'once'),
      ...writing(
        {
          execute: (statement, parameters) => db.transact((tx) => tx.execute(statement, parameters)),
          insert: (statement, parameters) => db.transact((tx) => tx.insert(statement, parameters)),
        },
        options?.writes === 'once',
      ),
    } as unknown as Tx);

  const transact: Database['transact'] = async (work, options) => {
    if (!active()) return db.transact(work, options);
    await turn('begins', { fatal: true, statement: false });
    const result = await (isolation === 'transactions' ? whole : piecemeal)(work, options);
    await turn('has committed', { fatal: true, statement: false });
    return result;
  };

  return { ...db, ...yielding(db, true), transact };
}
