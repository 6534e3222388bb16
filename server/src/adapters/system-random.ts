import { randomBytes } from 'node:crypto';
import type { Random } from '../kernel/random.ts';

/** The operating system's CSPRNG. */
export const systemRandom: Random = { bytes: (count) => randomBytes(count) };
