import { createHash } from 'node:crypto';
import { systemRandom } from '../../src/adapters/system-random.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import type { Hasher } from '../../src/kernel/hasher.ts';
import type { Ticker } from '../../src/kernel/ticker.ts';

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

export function createTestClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** A hasher that costs nothing and remembers how often it was called. */
export interface TestHasher extends Hasher {
  readonly calls: { hash: number; verify: number };
}

export function createTestHasher(): TestHasher {
  const calls = { hash: 0, verify: 0 };
  const digest = (password: string) => `test$${createHash('sha256').update(password).digest('hex')}`;
  const hasher: TestHasher = {
    calls,
    dummy: 'test$nobody',
    admit: () => ({ run: (work) => work(), [Symbol.dispose]: () => {} }),
    rehash: (_stored, password) => hasher.hash(password),
    hash: async (password) => {
      calls.hash += 1;
      return digest(password);
    },
    verify: async (stored, password) => {
      calls.verify += 1;
      return stored === digest(password) || [`old$${password}`, `wrapped$weak$${password}`].includes(stored);
    },
    canVerify: (stored) => /^(?:test|old|weak|wrapped)\$/.test(stored),
    isOutdated: (stored) => /^(?:old|wrapped)\$/.test(stored),
    wrapIfWeak: async (stored) => (stored.startsWith('weak$') ? `wrapped$${stored}` : stored),
  };
  return hasher;
}

export const testRandom = systemRandom;

/** A ticker that stands still until a test drives it. */
export interface TestTicker extends Ticker {
  /** One beat for everything that runs. */
  tick(): void;
  readonly running: number;
}

export function createTestTicker(): TestTicker {
  const works = new Set<() => void>();
  return {
    every: (_, work) => {
      const own = () => work();
      works.add(own);
      return () => works.delete(own);
    },
    tick: () => {
      for (const work of works) work();
    },
    get running() {
      return works.size;
    },
  };
}
