import { randomBytes } from 'node:crypto';
import type { Random } from '../kernel/random.ts';

/** What many draws share; a larger one is made for itself. */
const poolBytes = 4_096;
const shareAtMost = 64;

/**
 * The operating system's CSPRNG. Small draws are cut from a larger one, each byte given out once: a call costs 3 µs, however little is asked
 * for. What is given out is a copy, so that whoever holds it holds nothing of the next one's.
 */
function createSystemRandom(): Random {
  let pool: Buffer = Buffer.alloc(0);
  let at = 0;
  return {
    bytes(count) {
      if (count > shareAtMost) return randomBytes(count);
      if (at + count > pool.length) {
        pool = randomBytes(poolBytes);
        at = 0;
      }
      const drawn = Buffer.allocUnsafeSlow(count);
      pool.copy(drawn, 0, at, at + count);
      pool.fill(0, at, at + count);
      at += count;
      return drawn;
    },
  };
}

export const systemRandom: Random = createSystemRandom();
