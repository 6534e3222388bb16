import type { Tx } from './database.ts';

/**
 * Holds a transaction to `writes: 'once'`: behind its write it refuses to do anything more, since on a server that would be neither kept
 * nor undone together with it.
 */
export function writingOnce(tx: Tx): Tx {
  let written = false;
  const unlessWritten = <Given extends unknown[], Result>(run: (...given: Given) => Result) => {
    return (...given: Given): Result => {
      if (written) throw new Error('a transaction that writes once was used after its write');
      return run(...given);
    };
  };
  const write = <Given extends unknown[], Result>(run: (...given: Given) => Result) =>
    unlessWritten((...given: Given): Result => {
      written = true;
      return run(...given);
    });
  return {
    ...tx,
    first: unlessWritten(tx.first) as Tx['first'],
    all: unlessWritten(tx.all) as Tx['all'],
    query: unlessWritten(tx.query) as Tx['query'],
    execute: write(tx.execute) as Tx['execute'],
    insert: write(tx.insert) as Tx['insert'],
  };
}
