import type { Clock } from '../../kernel/clock.ts';
import { createLane, type Lane } from './lane.ts';

/** The lanes of a process: together no more works in flight than cores, or two where there is one. */
export interface Lanes {
  /** For hashes that cost about what a new one costs. */
  readonly quick: Lane;
  /** For the costly ones: some seconds of a core each, that nobody else is to wait for. */
  readonly slow: Lane;
}

/**
 * Two lanes over the same cores. A slow work cannot be interrupted, so one core is always left to the quick ones; on the others slow works
 * run while no quick one waits. One slow work may always run, so that quick ones do not shut them out for ever.
 */
export function createLanes({ cores, ...options }: { cores: number; maxWaitMs: number; clock: Clock }): Lanes {
  const places = Math.max(2, cores);
  const wakeAll = () => {
    slow.wake();
    quick.wake();
  };
  const slow: Lane = createLane({
    ...options,
    width: () => (quick.waiting === 0 ? places - 1 : 1),
    mayStart: () => quick.inFlight + slow.inFlight < places,
    firstGuessMs: 500,
    wakeAll,
  });
  const quick: Lane = createLane({ ...options, width: () => Math.max(1, cores - slow.inFlight), wakeAll });
  return { quick, slow };
}
