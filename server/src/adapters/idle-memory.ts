import type { Ticker } from '../kernel/ticker.ts';

/** What is asked of the process itself, so that tests can play it. */
export interface OwnProcess {
  /** The share of a core that the main thread has taken since this was last asked: 0 to 1. */
  busy(): number;
  /** Bytes: what V8 has taken from the system, and what of it is in use. */
  heap(): { readonly taken: number; readonly used: number };
  /** A full collection, which gives back what it can. Rejects where there is none to be had. */
  collect(): Promise<void>;
}

export interface IdleMemoryOptions {
  readonly ticker: Ticker;
  readonly own: OwnProcess;
  /** Is told what was taken before and after, in bytes. */
  readonly onGivenBack: (before: number, after: number) => void;
}

const mebibyte = 1_048_576;
const lookEveryMs = 1_000;
/** With its chores alone a server takes 0.05 to 0.3 %. What is below this may be a few requests in each second. */
const idleShare = 0.01;
/** Less is not worth a collection. */
const worth = 8 * mebibyte;
/** A collection takes 1.5 to 2 ms for each MiB in use, and meanwhile no request is answered: a tenth of a second at most. */
const mostUsed = 48 * mebibyte;
/** Looks that belong to the start. There is nothing to lose yet: for the first time, one idle second will do. */
const startLooks = 30;
/**
 * Idle looks in a row that it takes later. A collection also forgets what V8 has learnt of busy code. Full load pays half a second of CPU
 * for learning it again, which is little beside five minutes.
 */
const idleLooks = 300;

/**
 * Gives memory back to the system when the event loop has nothing to do: once after the start, and once after each time in which the heap
 * has grown. V8 by itself collects as it allocates, so that who no longer allocates keeps all that the last load has taken.
 *
 * @returns what ends it
 */
export function giveBackWhenIdle({ ticker, own, onGivenBack }: IdleMemoryOptions): () => void {
  /** What was taken when it last gave back, or less since. The start leaves garbage, so the first time needs no growth. */
  let least = 0;
  let looks = 0;
  let idleFor = 0;
  let underWay = false;

  const giveBack = async (before: number): Promise<void> => {
    await own.collect();
    least = own.heap().taken;
    underWay = false;
    onGivenBack(before, least);
  };
  const end = ticker.every(lookEveryMs, () => {
    looks += 1;
    idleFor = own.busy() <= idleShare ? idleFor + 1 : 0;
    const isStart = least === 0 && looks <= startLooks;
    if (underWay || idleFor < (isStart ? 1 : idleLooks)) return;
    const { taken, used } = own.heap();
    least = Math.min(least, taken);
    if (taken - least < worth || used > mostUsed) return;
    underWay = true;
    // Where it cannot be done, it is not tried again: `underWay` stays.
    giveBack(taken).catch(end);
  });
  return end;
}
