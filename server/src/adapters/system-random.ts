import { randomBytes } from 'node:crypto';
import type { Random } from '../kernel/random.ts';

/** What one draw brings; what is asked for mostly is 16 bytes. */
const bytesPerDraw = 512;

/**
 * The operating system's CSPRNG. Draws for several requests at once, since a draw costs the same for few bytes and for many
 * (`crypto.randomUUID` does likewise). What was handed out is wiped here, so that memory never tells what somebody else has got.
 */
export function createSystemRandom(): Random {
  let pool = Buffer.alloc(0);
  let at = 0;
  return {
    bytes(count) {
      if (count > bytesPerDraw / 8) return randomBytes(count);
      if (pool.length - at < count) {
        pool = randomBytes(bytesPerDraw);
        at = 0;
      }
      const drawn = pool.subarray(at, at + count);
      const bytes = Buffer.from(drawn);
      drawn.fill(0);
      at += count;
      return bytes;
    },
  };
}

export const systemRandom: Random = createSystemRandom();
