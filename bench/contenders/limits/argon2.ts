/** argon2id with the cost of Keyward's default, as many at once as there are cores, and nothing else. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Algorithm, hashRaw } from '@node-rs/argon2';
import { loop } from './loop.ts';

// Its `Algorithm` is an enum without a value at run time; 2 is argon2id.
const algorithm = 2 as Algorithm;
const cost = { algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32, salt: randomBytes(16) };
await loop(() => hashRaw('a password that all of them have', cost), availableParallelism());
