/** From when to when: milliseconds of CLOCK_MONOTONIC, which is one for all processes (clock_gettime(2)). */
export type Interval = readonly [begin: number, end: number];

/** The milliseconds of that clock. Those of `performance.now()` begin anew in each process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const everyMs = 2;
/** A timer of Node is up to a millisecond late, and a kernel that does not interrupt itself keeps a core for some more. */
const fromMs = 5;

/** Looks on while a process is kept from running, by a timer that should fire every two milliseconds. */
export interface GapWatch {
  /** Each time since the last look in which the timer was more than five milliseconds late: from when it was due until it fired. */
  take(): Interval[];
}

/** Watches the process that calls it, as long as this lives. */
export function watchGaps(): GapWatch {
  let seen: Interval[] = [];
  let last = monotonicMs();
  const look = () => {
    const now = monotonicMs();
    if (now - last - everyMs > fromMs) seen.push([last + everyMs, now]);
    last = now;
  };
  setInterval(look, everyMs).unref();
  return {
    take() {
      look();
      const taken = seen;
      seen = [];
      return taken;
    },
  };
}
