import type { Hasher } from '../../kernel/hasher.ts';
import type { Random } from '../../kernel/random.ts';
import {
  type Argon2Parameters,
  argon2,
  hashWithArgon2id,
  isAtLeast,
  saltLength,
  tagLength,
  writePhc,
} from './argon2id.ts';
import { aspNetIdentity } from './aspnet-identity.ts';
import { bcrypt } from './bcrypt.ts';
import { firebaseScrypt } from './firebase-scrypt.ts';
import type { Lane } from './lane.ts';
import { pbkdf2 } from './pbkdf2.ts';
import { phpass } from './phpass.ts';
import { scrypt } from './scrypt.ts';
import { shaCrypt } from './sha-crypt.ts';
import { createWrapping } from './wrapping.ts';

export interface HasherOptions {
  /** Today's parameters. OWASP Password Storage asks for at least 19456 KiB, 2 passes, 1 lane. */
  readonly parameters: Argon2Parameters;
  readonly lane: Lane;
  /** For what runs on the one hashing thread: it waits there and not in a place of `lane`, where it would keep everybody else out. */
  readonly threadLane?: Lane;
  readonly random: Random;
}

/** The registry: whatever is in here verifies, can be imported, and becomes argon2id at the next login. */
const plainSchemes = [argon2, bcrypt, pbkdf2, scrypt, firebaseScrypt, shaCrypt, phpass, aspNetIdentity];
const wrapping = createWrapping(plainSchemes);
const schemes = [...plainSchemes, wrapping];

/** sha-crypt and phpass, also as they stand wrapped. */
const onThread = /\$(?:[56]|P|H)\$/;

/**
 * Makes argon2id hashes and verifies those of many systems.
 *
 * A hash that none can run (unknown, broken, too costly) costs what the dummy costs, so that such an account answers no
 * faster than one that does not exist. A hash of another system has a time of its own, until its owner's next login; with the
 * default parameters none that was imported is faster than the dummy, since the weak ones are wrapped.
 *
 * @throws RangeError when `parameters` are such that `verify` would refuse the hashes they make
 */
export function createHasher({ parameters, lane, threadLane = lane, random }: HasherOptions): Hasher {
  const dummy = writePhc(parameters, random.bytes(saltLength), random.bytes(tagLength));
  if (!argon2.costIsBearable(dummy)) throw new RangeError('These argon2 parameters are out of bounds.');

  const runnable = (stored: string) => schemes.find((scheme) => scheme.costIsBearable(stored));

  const laneOf = (stored: string): Lane => (onThread.test(stored) ? threadLane : lane);

  return {
    dummy,
    hash: (password) => lane.run(() => hashWithArgon2id(password, parameters, random.bytes(saltLength))),
    verify(stored, password) {
      const scheme = runnable(stored);
      if (scheme !== undefined) return laneOf(stored).run(() => scheme.verify(stored, password));
      return lane.run(async () => {
        await argon2.verify(dummy, password);
        return false;
      });
    },
    canVerify: (stored) => runnable(stored) !== undefined,
    wrapIfWeak: (stored) => lane.run(() => wrapping.wrap(stored, parameters, () => random.bytes(saltLength))),
    isOutdated: (stored) => !isAtLeast(parameters, stored),
  };
}
