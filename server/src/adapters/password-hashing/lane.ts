import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Asker, Place } from '../../kernel/hasher.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { createFairQueue, type Waiting } from './fair-queue.ts';

export interface LaneOptions {
  /** How many works may run at a time. One more than there are cores would only slow down all the others. */
  readonly width: number | (() => number);
  /** How long, in milliseconds, a work may wait for its start. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
  /** What a work is taken to last, in milliseconds, until one has been measured. */
  readonly firstGuessMs?: number;
  /** For lanes that share cores: whether one more may start, as far as the others go. */
  readonly mayStart?: () => boolean;
  /** For lanes that share cores: wakes all of them, when a work has left this one. */
  readonly wakeAll?: () => void;
}

/** Lets a few works run and a few more wait; refuses at once what would not start in time. */
export interface Lane {
  /** @throws `overloaded` with the seconds after which a retry makes sense */
  admit(asker: Asker): Place;
  /** Starts what may start now. */
  wake(): void;
  /** Works that run now. */
  readonly inFlight: number;
  /** Places whose turn has not come. */
  readonly waiting: number;
}

/** The weight of the newest measurement in the moving average: about the last ten works count. */
const weightOfNewest = 0.2;

/**
 * Of the longest wait: what a newcomer may expect to wait. Estimates err, cores become fewer, and whoever comes later may go ahead; so who
 * is let in is served, and does not hear after the longest wait that it was for nothing.
 */
const expectedShare = 1 / 3;

/**
 * Of what a newcomer may expect to wait: what those of one source may keep a core busy for while others wait. Whoever is alone takes
 * nothing from anybody, be it an office behind one address or a proxy that says not for whom it asks, and has all of it.
 */
const sourceShare = 1 / 4;

type Stage = 'waiting' | 'running' | 'left';

class QueuedPlace implements Waiting {
  readonly asker: Asker;
  readonly deadline: Instant;
  readonly turn = Promise.withResolvers<void>();
  stage: Stage = 'waiting';
  /** Set when there is something to run: until then it keeps its place, and others start before it. */
  isReady = false;
  startedAt: Instant = 0;

  constructor(asker: Asker, deadline: Instant) {
    this.asker = asker;
    this.deadline = deadline;
  }
}

/**
 * An admission deadline instead of a fixed queue length: under a flood a long queue answers everybody too late, a short
 * one refuses what a fast machine would have done in time. Little's law turns the moving average into the wait.
 *
 * A place is given before its holder knows what to run (the attempt has still to be counted), so that what is refused was not counted,
 * and what was counted is not refused.
 *
 * No timers: a waiter past its deadline is refused when a work ends or another one arrives, so at most one work's time late.
 */
export function createLane(options: LaneOptions): Lane {
  const { maxWaitMs, clock, firstGuessMs = 50, mayStart = () => true } = options;
  const queue = createFairQueue<QueuedPlace>();
  /** The same, in the order in which they came: the first is the first to be late. */
  const byAge = new Set<QueuedPlace>();
  const expectedMostMs = maxWaitMs * expectedShare;
  let inFlight = 0;
  let averageMs = firstGuessMs;

  const width = () => (typeof options.width === 'number' ? options.width : options.width());
  const isFree = () => inFlight < width() && mayStart();
  const waitOf = (works: number) => (averageMs * works) / width();
  const refused = (waitMs: number) => overloaded({ retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });

  /** Bounded, so that a clock set forward by an hour does not close the lane for the next hundred works. */
  const learn = (elapsedMs: number) => {
    const sample = Math.min(Math.max(elapsedMs, 1), maxWaitMs);
    averageMs += (sample - averageMs) * weightOfNewest;
  };

  const giveUp = (place: QueuedPlace) => {
    place.stage = 'left';
    byAge.delete(place);
    queue.remove(place);
    place.turn.reject(refused(waitOf(queue.size + 1)));
  };

  const dropLate = () => {
    const now = clock.now();
    for (const place of byAge) {
      if (place.deadline >= now) return;
      giveUp(place);
    }
  };

  const wake = () => {
    while (isFree()) {
      const next = queue.next();
      if (next === undefined) return;
      byAge.delete(next);
      next.stage = 'running';
      next.startedAt = clock.now();
      inFlight += 1;
      next.turn.resolve();
    }
  };

  const assertRoom = (asker: Asker) => {
    if (queue.size === 0 && isFree()) return;
    // Before the first of a burst has been counted all of them wait, and nothing runs that they would wait for.
    const waitMs = waitOf(queue.ahead(asker) + (isFree() ? 0 : 1));
    // However slow the works are, one may wait if it can, or the cores would idle between two.
    const mostMs = queue.size === 0 ? maxWaitMs : expectedMostMs;
    const own = queue.sizeOf(asker);
    const isCrowding = own > 0 && !queue.isAlone(asker) && waitOf(own + 1) > expectedMostMs * sourceShare;
    if (waitMs > mostMs || isCrowding) throw refused(waitMs);
  };

  /** Whoever was alone takes turns with those who come: what can then not start in time any more hears so now, not when it is late. */
  const dropHopeless = () => {
    const startInTime = Math.floor((maxWaitMs * width()) / averageMs);
    for (const place of queue.beyond(startInTime)) giveUp(place);
  };

  const { wakeAll = wake } = options;

  const leave = (place: QueuedPlace) => {
    if (place.stage === 'waiting') giveUp(place);
    if (place.stage !== 'running') return;
    place.stage = 'left';
    inFlight -= 1;
    learn(clock.now() - place.startedAt);
    dropLate();
    wakeAll();
  };

  return {
    admit(asker) {
      dropLate();
      assertRoom(asker);
      const place = new QueuedPlace(asker, clock.now() + maxWaitMs);
      // Looked at by whoever runs something there; who does not has left, and wants to hear nothing.
      place.turn.promise.catch(() => {});
      const isNewSource = queue.sizeOf(asker) === 0;
      queue.add(place);
      byAge.add(place);
      if (isNewSource) dropHopeless();
      return {
        async run(work) {
          place.isReady = true;
          wake();
          await place.turn.promise;
          return await work();
        },
        [Symbol.dispose]: () => leave(place),
      };
    },
    wake,
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return queue.size;
    },
  };
}
