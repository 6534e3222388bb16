import { databaseUnavailable } from '../../unavailable.ts';

/** Lets so many works run at a time; the others wait in the order in which they came. */
export interface Turns {
  /** @throws `database-unavailable` at once when too many wait already */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** As many as may wait for a connection: more would only grow old in the queue. */
const maxWaiting = 500;

export function createTurns(atMost: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = async (): Promise<void> => {
    if (running < atMost) {
      running += 1;
      return;
    }
    if (waiting.length >= maxWaiting) throw databaseUnavailable({ retryAfterSeconds: 1 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
