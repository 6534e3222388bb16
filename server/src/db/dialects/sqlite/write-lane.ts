/** Lets one at a time through, in the order in which they came. */
export interface WriteLane {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * SQLite has one writer. Those who wait, wait here, without holding the event loop, and not in SQLite's busy handler, which would.
 */
export function createWriteLane(): WriteLane {
  const waiting: (() => void)[] = [];
  let taken = false;

  const enter = (): Promise<void> | undefined => {
    if (!taken) {
      taken = true;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) taken = false;
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
