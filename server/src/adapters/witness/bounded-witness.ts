import type { Witness } from '../../kernel/witness.ts';

/** More than any that works takes, and short enough for an operator who waits for `keyward audit seal`. */
const deadlineMs = 10_000;

/**
 * A witness whose answer is waited for so long and no longer: a pipe that nobody reads, or a disk that hangs, must not keep the end of the
 * server or of a command waiting. While it has not come back from one telling it is told nothing more, so that nothing piles up before it.
 */
export function boundWitness(witness: Witness, mostMs = deadlineMs): Witness {
  let underWay: Promise<void> | undefined;
  return {
    name: witness.name,
    async tell(told) {
      if (underWay !== undefined) throw new Error('it has not answered the last time');
      const telling = witness.tell(told).finally(() => {
        underWay = undefined;
      });
      underWay = telling;
      // Whoever has stopped waiting wants to hear nothing of it.
      telling.catch(() => {});
      await within(mostMs, telling);
    },
  };
}

async function within(mostMs: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), mostMs);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
