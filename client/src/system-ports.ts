import type { Clock, Ports } from './ports.ts';

/** The wall clock may run ahead of the other by so much before it counts as sleep. Milliseconds. */
const sleepMs = 1_000;

/**
 * `elapsed` follows the monotonic clock, which no correction of the time can turn back, but which stands still while a machine
 * sleeps: a jump of the wall clock is added, so that a laptop that wakes up does not take yesterday's knowledge for fresh. A wall
 * clock that is set forward does the same; then the next event of the feed, seconds later, makes it good.
 */
export function createClock(wall: () => number, monotonic: () => number): Clock {
  let offset = wall() - monotonic();
  let slept = 0;
  return {
    now: wall,
    elapsed() {
      const steady = monotonic();
      const ahead = wall() - steady - offset;
      if (ahead > sleepMs) slept += ahead;
      if (ahead > sleepMs || ahead < 0) offset += ahead;
      return steady + slept;
    },
  };
}

/** Where a timer can be told so (Node), it does not keep a process alive that has nothing else to do. */
function after(ms: number, work: () => void): () => void {
  const timer: unknown = setTimeout(work, ms);
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref();
  return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
}

/** The machine's own: the one place of the package that asks it for the time and for chance. */
export const systemPorts = (): Ports => ({
  // biome-ignore lint/nursery/noJsRestrictedProperties: this is the adapter behind the ports.
  clock: createClock(Date.now, () => performance.now()),
  timers: { after },
  // biome-ignore lint/nursery/noJsRestrictedProperties: this is the adapter behind the ports.
  random: Math.random,
  fetch: (...args) => fetch(...args),
});
