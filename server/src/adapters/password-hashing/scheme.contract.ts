import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { WrappableScheme } from './scheme.ts';
import { createWrapping } from './wrapping.ts';

/** The password behind every vector: with a space and a letter of two bytes. */
const rightPassword = 'correct horse bättery';
const wrongPasswords = ['correct horse batterz', 'correct horse bätterz', 'correct horse bätter', 'x', ''];

interface Vector {
  readonly hash: string;
  readonly password: string;
}

interface SchemeContract {
  /** Who made the hash, with name and version, and the hash of `rightPassword` or of the password that goes with it. */
  readonly vectors: Readonly<Record<string, string | Vector>>;
  /** Hashes that cost as little as one may and yet are not weak. */
  readonly strong: readonly string[];
  /** The next cheaper ones, and those that frameworks made by default for long. */
  readonly weak: readonly string[];
  /** Well-formed hashes that would take a machine hours, or all of its memory. */
  readonly tooCostly: readonly string[];
  readonly malformed: readonly string[];
}

const cheap = { memoryKib: 64, iterations: 1, parallelism: 1 };
const salt = () => Buffer.alloc(16, 7);

/** No digit among them: a changed hash must not take longer to verify than the real one. */
const strays = ['$', ',', '=', ':', '.', '/', '+', '-', '!', 'a', 'Z', ' ', 'é', '\0', '\n', '\ud800'];

/** A real hash with one place replaced, filled in, left out, or cut off there. */
const mutations = (vectors: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...vectors),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(3),
      fc.constantFrom(...strays),
    )
    .map(([hash, where, how, stray]) => {
      const at = Math.floor(where * hash.length);
      const [head, tail] = [hash.slice(0, at), hash.slice(at)];
      return [head, head + tail.slice(1), head + stray + tail, head + stray + tail.slice(1)][how] ?? '';
    });

/** What every scheme owes, whatever it verifies. */
export function describeScheme(name: string, scheme: WrappableScheme, contract: SchemeContract): void {
  const { strong, weak, tooCostly, malformed } = contract;
  const vectors = Object.entries(contract.vectors).map(
    ([maker, vector]) =>
      [maker, typeof vector === 'string' ? { hash: vector, password: rightPassword } : vector] as const,
  );
  const wrapping = createWrapping([scheme]);

  describe(name, () => {
    for (const [maker, { hash, password }] of vectors) {
      test(`a hash made by ${maker} verifies, and only with its password`, async () => {
        assert.equal(scheme.recognises(hash), true);
        assert.equal(scheme.costIsBearable(hash), true);
        assert.equal(await scheme.verify(hash, password), true);
        for (const wrong of wrongPasswords) assert.equal(await scheme.verify(hash, wrong), false, wrong);
      });

      test(`wrapped, a hash made by ${maker} verifies as before, and its digest is gone`, async () => {
        const parted = scheme.part(hash);
        assert.ok(parted !== undefined && parted.blank.length === hash.length && parted.digest.length >= 16);
        const { digest, blank } = scheme.part(parted.blank) ?? {};
        assert.equal(blank, parted.blank);
        assert.notDeepEqual(digest, parted.digest);
        const wrapped = await wrapping.wrap(hash, cheap, salt);
        assert.equal(wrapped === hash, !scheme.isWeak(hash));
        assert.equal(wrapping.recognises(wrapped), scheme.isWeak(hash));
        if (!scheme.isWeak(hash)) return;
        assert.equal(wrapping.costIsBearable(wrapped), true);
        assert.equal(scheme.recognises(wrapped), false);
        assert.equal(await wrapping.wrap(wrapped, cheap, salt), wrapped);
        assert.equal(await wrapping.verify(wrapped, password), true);
        for (const wrong of wrongPasswords) assert.equal(await wrapping.verify(wrapped, wrong), false, wrong);
      });
    }

    test('what costs an attacker too little is weak, and what costs enough is not', () => {
      for (const hash of [...strong, ...weak]) assert.equal(scheme.costIsBearable(hash), true, hash);
      for (const hash of strong) assert.equal(scheme.isWeak(hash), false, hash);
      for (const hash of weak) assert.equal(scheme.isWeak(hash), true, hash);
    });

    test('an imported hash that would hold a core for hours is refused without being run', async () => {
      for (const hash of tooCostly) {
        assert.equal(scheme.recognises(hash), true, hash);
        assert.equal(scheme.costIsBearable(hash), false, hash);
        assert.equal(await scheme.verify(hash, rightPassword), false, hash);
        assert.equal(await wrapping.wrap(hash, cheap, salt), hash);
      }
    });

    test('a broken hash is not recognised', async () => {
      for (const hash of ['', '$', ...malformed]) {
        assert.equal(scheme.recognises(hash), false, hash);
        assert.equal(scheme.costIsBearable(hash), false, hash);
        assert.equal(scheme.isWeak(hash), false, hash);
        assert.equal(scheme.part(hash), undefined, hash);
        assert.equal(await scheme.verify(hash, rightPassword), false, hash);
      }
    });

    test('no text in the place of a hash makes it throw', async () => {
      const anything = fc.oneof(fc.string({ unit: 'binary' }), mutations(vectors.map(([, { hash }]) => hash)));
      await fc.assert(
        fc.asyncProperty(anything, fc.string({ unit: 'binary' }), async (stored, password) => {
          assert.equal(await scheme.verify(stored, password), false);
        }),
        { numRuns: 150 },
      );
    });
  });
}
