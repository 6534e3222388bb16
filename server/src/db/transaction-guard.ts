import { AsyncLocalStorage } from 'node:async_hooks';

/** Knows whether the code that runs now stands inside a transaction. */
export interface TransactionGuard {
  /** Runs `work` as the inside of a transaction. */
  enter<T>(work: () => Promise<T>): Promise<T>;
  /** @throws Error when called inside: there the database would be read beside the transaction, or wait for itself for ever */
  assertOutside(): void;
}

export function createTransactionGuard(): TransactionGuard {
  const inside = new AsyncLocalStorage<true>();
  return {
    enter: (work) => inside.run(true, work),
    assertOutside() {
      if (inside.getStore()) throw new Error('the database was used inside a transaction: use its `tx`');
    },
  };
}
