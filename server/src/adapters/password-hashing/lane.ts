import type { Clock, Instant } from '../../kernel/clock.ts';
import { overloaded } from '../../kernel/overloaded.ts';

export interface LaneOptions {
  /** How many works may run at a time: the cores. One more would only slow down all the others. */
  readonly width: number;
  /** How long, in milliseconds, a work may wait for its start. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
  /** What a work is taken to last, in milliseconds, until one has been measured. */
  readonly firstGuessMs?: number;
}

/** Lets a few works run and a few more wait; refuses at once what could not start in time. */
export interface Lane {
  /**
   * Runs `work` now or in its turn (first come, first served). A work that throws frees its place like any other.
   *
   * @throws `overloaded` with the seconds after which a retry makes sense
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Works that run now. */
  readonly inFlight: number;
  /** Works that wait for their start. */
  readonly waiting: number;
}

interface Waiter {
  readonly deadline: Instant;
  start(): void;
  refuse(): void;
}

/** The weight of the newest measurement in the moving average: about the last ten works count. */
const weightOfNewest = 0.2;

/**
 * An admission deadline instead of a fixed queue length: under a flood a long queue answers everybody too late, a short
 * one refuses what a fast machine would have done in time. Little's law turns the moving average into the wait.
 *
 * No timers: a waiter past its deadline is refused when a work ends or another one arrives, so at most one work's time late.
 */
export function createLane({ width, maxWaitMs, clock, firstGuessMs = 50 }: LaneOptions): Lane {
  const queue: Waiter[] = [];
  let inFlight = 0;
  let averageMs = firstGuessMs;

  const refused = (waitMs: number) => overloaded({ retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
  const backlogMs = () => (averageMs * (queue.length + 1)) / width;

  /** Bounded, so that a clock set forward by an hour does not close the lane for the next hundred works. */
  const learn = (elapsedMs: number) => {
    const sample = Math.min(Math.max(elapsedMs, 1), 2 * maxWaitMs);
    averageMs += (sample - averageMs) * weightOfNewest;
  };

  const dropLate = () => {
    while (queue[0] !== undefined && queue[0].deadline < clock.now()) queue.shift()?.refuse();
  };

  const enter = async (): Promise<void> => {
    dropLate();
    if (inFlight < width) {
      inFlight += 1;
      return;
    }
    const waitMs = backlogMs();
    if (waitMs > maxWaitMs) throw refused(waitMs);
    await new Promise<void>((start, reject) => {
      queue.push({ deadline: clock.now() + maxWaitMs, start, refuse: () => reject(refused(backlogMs())) });
    });
  };

  /** The place passes to the next waiter without becoming free in between, so that nobody can jump the queue. */
  const leave = () => {
    dropLate();
    const next = queue.shift();
    if (next === undefined) inFlight -= 1;
    else next.start();
  };

  return {
    async run(work) {
      await enter();
      const startedAt = clock.now();
      try {
        const result = await work();
        learn(clock.now() - startedAt);
        return result;
      } finally {
        leave();
      }
    },
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return queue.length;
    },
  };
}
