import type { Ports } from '../src/ports.ts';

/** Time that moves by hand alone. Sockets are real, so that whoever waits for one says so with `until`. */
export function createManualTime(start = 1_800_000_000_000) {
  let now = start;
  let elapsed = 0;
  const timers = new Set<{ readonly at: number; readonly work: () => void }>();

  const next = (before: number) =>
    [...timers].filter(({ at }) => at <= before).sort((one, other) => one.at - other.at)[0];

  const move = (to: number): void => {
    now += to - elapsed;
    elapsed = to;
  };

  const ports: Ports = {
    clock: { now: () => now, elapsed: () => elapsed },
    timers: {
      after(ms, work) {
        const timer = { at: elapsed + ms, work };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    random: () => 0.5,
    fetch: (...args) => fetch(...args),
  };

  return {
    ports,
    now: () => now,
    timers,
    /** Lets `seconds` go by and whatever was due in them happen, in order. */
    pass(seconds: number) {
      const end = elapsed + seconds * 1_000;
      for (let timer = next(end); timer !== undefined; timer = next(end)) {
        timers.delete(timer);
        move(Math.max(elapsed, timer.at));
        timer.work();
      }
      move(end);
    },
    /** Sets the wall clock alone. */
    setWall(by: number) {
      now += by * 1_000;
    },
  };
}

export type ManualTime = ReturnType<typeof createManualTime>;

/**
 * Waits, by the machine's clock, until something that crosses a socket has arrived.
 *
 * @throws Error after ten seconds
 */
export async function until(holds: () => boolean | Promise<boolean>, what = holds.toString()): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
