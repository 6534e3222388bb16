import { randomBytes } from 'node:crypto';
import type { Random } from '../kernel/random.ts';

/** Asked for at a time: to ask costs more than the bytes do, and a sign-in takes half a dozen times some. */
const storeBytes = 2_048;
/** What is larger is asked for by itself. */
const largestFromStore = 64;

/** The operating system's CSPRNG. No byte is given out twice, and of what was given out nothing is kept. */
export const systemRandom: Random = createSystemRandom();

function createSystemRandom(): Random {
  let store = Buffer.alloc(0);
  let used = 0;
  return {
    bytes(count) {
      if (count > largestFromStore) return randomBytes(count);
      if (used + count > store.length) {
        store = randomBytes(storeBytes);
        used = 0;
      }
      const taken = store.subarray(used, used + count);
      used += count;
      const given = Buffer.from(taken);
      taken.fill(0);
      return given;
    },
  };
}
