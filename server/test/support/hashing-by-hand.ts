import { createLanes, type Lanes } from '../../src/adapters/password-hashing/lanes.ts';
import type { Hasher, Place } from '../../src/kernel/hasher.ts';
import { createTestHasher, type TestClock } from './ports.ts';

/** A hasher with the real queue, whose every work lasts until the test ends it. */
export interface HandDrivenHasher {
  readonly hasher: Hasher;
  readonly lanes: Lanes;
  /** The passwords that are to be hashed: what comes before is done, and only the core is missing. */
  readonly ready: readonly string[];
  /** Those whose hashing has begun, in that order. */
  readonly begun: readonly string[];
  /** Ends the work that runs; it has lasted 50 ms by the clock of the test. */
  endOne(): void;
  /** From now on works end by themselves. */
  endAll(): void;
}

/** One core. With works of 50 ms 20 may wait, 5 of one source where others wait too: a second, and a quarter of one. */
export function createHandDrivenHasher(clock: TestClock): HandDrivenHasher {
  const free = createTestHasher();
  const lanes = createLanes({ cores: 1, maxWaitMs: 3_000, clock });
  const ready: string[] = [];
  const begun: string[] = [];
  const running: (() => void)[] = [];
  let endsByItself = false;

  const inPlace = async <T>(password: string, place: Place | undefined, work: () => Promise<T>): Promise<T> => {
    if (place === undefined) return work();
    ready.push(password);
    return place.run(async () => {
      begun.push(password);
      if (!endsByItself) await new Promise<void>((end) => running.push(end));
      return work();
    });
  };

  return {
    lanes,
    ready,
    begun,
    hasher: {
      ...free,
      admit: (asker) => lanes.quick.admit(asker),
      hash: (password, place) => inPlace(password, place, () => free.hash(password)),
      verify: (stored, password, place) => inPlace(password, place, () => free.verify(stored, password)),
    },
    endOne() {
      clock.advance(50);
      running.shift()?.();
    },
    endAll() {
      endsByItself = true;
      for (const end of running.splice(0)) end();
    },
  };
}
