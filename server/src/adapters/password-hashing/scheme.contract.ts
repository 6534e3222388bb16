import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Scheme } from './scheme.ts';

/** The password behind every vector: with a space and a letter of two bytes. */
const rightPassword = 'correct horse bättery';
const wrongPasswords = ['correct horse batterz', 'correct horse bätterz', 'correct horse bätter', 'x', ''];

interface SchemeContract {
  /** Who made the hash, with name and version, and the hash of `rightPassword`. */
  readonly vectors: Readonly<Record<string, string>>;
  /** Well-formed hashes that would take a machine hours, or all of its memory. */
  readonly tooCostly: readonly string[];
  readonly malformed: readonly string[];
}

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
export function describeScheme(name: string, scheme: Scheme, { vectors, tooCostly, malformed }: SchemeContract): void {
  describe(name, () => {
    for (const [maker, hash] of Object.entries(vectors)) {
      test(`a hash made by ${maker} verifies, and only with its password`, async () => {
        assert.equal(scheme.recognises(hash), true);
        assert.equal(scheme.costIsBearable(hash), true);
        assert.equal(await scheme.verify(hash, rightPassword), true);
        for (const wrong of wrongPasswords) assert.equal(await scheme.verify(hash, wrong), false, wrong);
      });
    }

    test('an imported hash that would hold a core for hours is refused without being run', async () => {
      for (const hash of tooCostly) {
        assert.equal(scheme.recognises(hash), true, hash);
        assert.equal(scheme.costIsBearable(hash), false, hash);
        assert.equal(await scheme.verify(hash, rightPassword), false, hash);
      }
    });

    test('a broken hash is not recognised', async () => {
      for (const hash of ['', '$', ...malformed]) {
        assert.equal(scheme.recognises(hash), false, hash);
        assert.equal(scheme.costIsBearable(hash), false, hash);
        assert.equal(await scheme.verify(hash, rightPassword), false, hash);
      }
    });

    test('no text in the place of a hash makes it throw', async () => {
      const anything = fc.oneof(fc.string({ unit: 'binary' }), mutations(Object.values(vectors)));
      await fc.assert(
        fc.asyncProperty(anything, fc.string({ unit: 'binary' }), async (stored, password) => {
          assert.equal(await scheme.verify(stored, password), false);
        }),
        { numRuns: 150 },
      );
    });
  });
}
