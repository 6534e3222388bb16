import { describe, test } from 'node:test';
import type { Database, Tx } from '../../src/db/database.ts';
import { DomainError, type Refusal } from '../../src/kernel/errors.ts';

/** Opens an empty database with the newest schema. */
export type OpenDatabase = () => Promise<Database>;

/** What a store owes, as tests that any database can be put under. */
export type StoreContract = (openDatabase: OpenDatabase) => void;

/** Declares a test that has a database of its own. */
type Case = (sentence: string, body: (db: Database) => Promise<void>) => void;

/**
 * Words a contract.
 *
 * @example
 * export const planetsStoreContract = storeContract('the store of planets', (that) => {
 *   that('knows what was added', async (db) => { … });
 * });
 */
export function storeContract(title: string, declare: (that: Case) => void): StoreContract {
  return (openDatabase) =>
    describe(title, () =>
      declare((sentence, body) =>
        test(sentence, async () => {
          const db = await openDatabase();
          try {
            await body(db);
          } finally {
            await db.close();
          }
        }),
      ),
    );
}

/** Runs `work` in so many transactions at once; what each returned. */
export function atOnce<T>(db: Database, count: number, work: (tx: Tx, place: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, place) => db.transact((tx) => work(tx, place))));
}

/** How many of many said yes. */
export const yesAmong = (answers: readonly boolean[]): number => answers.filter((answer) => answer).length;

/** Whether an error is this refusal. */
export const refusedWith = (refusal: Refusal) => (error: unknown) =>
  error instanceof DomainError && error.refusal === refusal;
