import type { Asker, Hasher, Place } from '../../kernel/hasher.ts';
import type { Random } from '../../kernel/random.ts';
import {
  type Argon2Parameters,
  argon2,
  hashWithArgon2id,
  isAtLeast,
  renewedParameters,
  saltLength,
  tagLength,
  writePhc,
} from './argon2id.ts';
import { aspNetIdentity } from './aspnet-identity.ts';
import { bcrypt } from './bcrypt.ts';
import { firebaseScrypt } from './firebase-scrypt.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import { pbkdf2 } from './pbkdf2.ts';
import { phpass } from './phpass.ts';
import { scrypt } from './scrypt.ts';
import { shaCrypt } from './sha-crypt.ts';
import { createWrapping } from './wrapping.ts';

export interface HasherOptions {
  /** Today's parameters. OWASP Password Storage asks for at least 19456 KiB, 2 passes, 1 lane. */
  readonly parameters: Argon2Parameters;
  readonly lanes: Lanes;
  readonly random: Random;
}

/** The registry: whatever is in here verifies, can be imported, and becomes argon2id at the next login. */
const plainSchemes = [argon2, bcrypt, pbkdf2, scrypt, firebaseScrypt, shaCrypt, phpass, aspNetIdentity];
const wrapping = createWrapping(plainSchemes);
const schemes = [...plainSchemes, wrapping];

/** sha-crypt and phpass, also as they stand wrapped: they wait for the one hashing thread, and must do so in nobody's place. */
const onThread = /\$(?:[56]|P|H)\$/;

/** What costs more than so many new hashes is slow. */
const slowFactor = 10;

/** Whoever has no place of their own: the command line, the importer. */
const operator: Asker = { source: '', known: true };

/**
 * Makes argon2id hashes and verifies those of many systems.
 *
 * A hash that none can run (unknown, broken, too costly) costs what the dummy costs. A hash of another system has a time of its own, until
 * its owner's next login; with the default parameters none that was imported is faster than the dummy, since the weak ones are wrapped.
 *
 * @throws RangeError when `parameters` are such that `verify` would refuse the hashes they make
 */
export function createHasher({ parameters, lanes, random }: HasherOptions): Hasher {
  const dummy = writePhc(parameters, random.bytes(saltLength), random.bytes(tagLength));
  if (!argon2.costIsBearable(dummy)) throw new RangeError('These argon2 parameters are out of bounds.');
  const slowFromMs = slowFactor * argon2.estimateMs(dummy);

  const runnable = (stored: string) => schemes.find((scheme) => scheme.costIsBearable(stored));
  const newHash = (password: string, wanted = parameters) =>
    hashWithArgon2id(password, wanted, random.bytes(saltLength));

  const laneOf = (stored: string): Lane => {
    const isSlow = onThread.test(stored) || (runnable(stored)?.estimateMs(stored) ?? 0) > slowFromMs;
    return isSlow ? lanes.slow : lanes.quick;
  };

  const inPlace = async <T>(place: Place | undefined, stored: string, work: () => Promise<T>): Promise<T> => {
    if (place !== undefined) return place.run(work);
    using own = laneOf(stored).admit(operator);
    return await own.run(work);
  };

  const renewedFor = (stored: string) => renewedParameters(parameters, wrapping.layersOf(stored));

  return {
    dummy,
    admit: (asker, stored = dummy) => laneOf(stored).admit(asker),
    hash: (password, place) => inPlace(place, dummy, () => newHash(password)),
    rehash: (stored, password, place) => inPlace(place, dummy, () => newHash(password, renewedFor(stored))),
    verify: (stored, password, place) =>
      inPlace(place, stored, async () => {
        const scheme = runnable(stored);
        if (scheme !== undefined) return scheme.verify(stored, password);
        await argon2.verify(dummy, password);
        return false;
      }),
    canVerify: (stored) => runnable(stored) !== undefined,
    wrapIfWeak: (stored) =>
      inPlace(undefined, dummy, () => wrapping.wrap(stored, parameters, () => random.bytes(saltLength))),
    isOutdated: (stored) => !isAtLeast(parameters, stored) && renewedFor(stored) !== undefined,
  };
}
