/**
 * The vectors of C2SP/wycheproof for JSON Web Signatures and Keys, through the path on which our tokens are verified.
 *
 * Our header rule comes before everything: a token must begin, to the letter, with a header that we write. No vector does, so the server
 * refuses them all; that is the first test. The others put the vector's own header in the place of ours, so that what lies below the rule
 * is reached: the shape, canonical base64url, the signature under the key's one algorithm, and that JSON is read last.
 *
 * The vectors are not part of this repository: they are looked for in ../shared/vectors, or in WYCHEPROOF_DIR.
 */
import assert from 'node:assert/strict';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JWK } from 'jose';
import { type AlgorithmName, algorithmNames, algorithms } from '../../src/features/keys/algorithms.ts';
import { encodeSegment, type VerificationKey, verifyCompact } from '../../src/features/keys/jws.ts';
import { startServer } from '../support/server.ts';

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  /** The compact form, or the JSON serialisation as an object. */
  readonly jws: unknown;
  readonly result: 'valid' | 'invalid';
}

interface Group {
  readonly comment: string;
  readonly public?: JWK & { readonly keys?: readonly JWK[] };
  readonly private?: JWK & { readonly keys?: readonly JWK[] };
  readonly tests: readonly Vector[];
}

interface Case extends Vector {
  readonly token: string;
  readonly keys: readonly JWK[];
}

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const folder = process.env.WYCHEPROOF_DIR ?? join(repository, '..', 'shared', 'vectors');
const signatures = join(folder, 'json_web_signature_test.json');
const keySets = join(folder, 'json_web_key_test.json');

function casesOf(path: string, t: TestContext): readonly Case[] | undefined {
  if (!existsSync(path)) {
    t.skip('NOT RUN: the Wycheproof vectors are not there (WYCHEPROOF_DIR)');
    return undefined;
  }
  const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as { testGroups: readonly Group[] };
  return testGroups.flatMap((group) => {
    const key = group.public ?? group.private ?? {};
    return group.tests.map((vector) => ({
      ...vector,
      token: typeof vector.jws === 'string' ? vector.jws : JSON.stringify(vector.jws),
      keys: key.keys ?? [key],
    }));
  });
}

const isOurs = (name: string | undefined): name is AlgorithmName => algorithmNames.includes(name as AlgorithmName);

/** What a key of each algorithm is. */
const kinds: Readonly<Record<AlgorithmName, (key: KeyObject) => boolean>> = {
  ES256: ({ asymmetricKeyDetails }) => asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: ({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519',
  RS256: ({ asymmetricKeyDetails: { modulusLength = 0, publicExponent } = {} }) =>
    modulusLength >= 2_048 && publicExponent === 65_537n,
};

/** A vector's key as it would stand in the key ring; `undefined` for one that could not: another algorithm, kind or use. */
function admitted(jwk: JWK): VerificationKey | undefined {
  const { alg, use = 'sig', key_ops: operations = ['verify'] } = jwk;
  if (!isOurs(alg) || use !== 'sig' || !operations.includes('verify')) return undefined;
  try {
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    return kinds[alg](publicKey) ? { algorithm: alg, publicKey } : undefined;
  } catch {
    return undefined;
  }
}

type HeaderOf = (jwk: JWK) => object;
const ourHeader: HeaderOf = ({ alg, kid }) => ({ alg, typ: 'at+jwt', kid });
const theirHeader: HeaderOf = ({ alg, kid }) => ({ alg, kid });

/**
 * Whether a token gets through the verification, all keys of the vector being in the ring. The payloads are no JSON: what comes as far as
 * being read has passed all that is before.
 */
function passes({ token, keys }: Case, headerOf: HeaderOf): boolean {
  const [header = ''] = token.split('.');
  const [jwk, ...more] = keys.filter((key) => encodeSegment(headerOf(key)) === header);
  const key = jwk === undefined || more.length > 0 ? undefined : admitted(jwk);
  try {
    return key !== undefined && verifyCompact(token, header, key) !== undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

const ids = (cases: readonly Case[]) => cases.map(({ tcId }) => tcId);

test('the server refuses every one: none begins with a header that it writes', async (t) => {
  const [jws, jwk] = [casesOf(signatures, t), casesOf(keySets, t)];
  if (jws === undefined || jwk === undefined) return;
  await using server = await startServer();
  const cases = [...jws, ...jwk];
  assert.equal(cases.length, 401 + 26);
  assert.deepEqual(ids(cases.filter((it) => passes(it, ourHeader))), []);
  for (const { token, tcId } of cases) {
    assert.equal(await server.features.sessions.introspect(token), undefined, `test ${tcId}`);
  }
  assert.deepEqual(await server.newEvents(), []);
});

test('below the header rule: of 401 signatures those pass that must, by the algorithms that we support', (t) => {
  const cases = casesOf(signatures, t);
  if (cases === undefined) return;
  const supported = cases.filter(({ keys }) => keys.every((key) => isOurs(key.alg)));
  const count = (alg: AlgorithmName, result: Vector['result']) =>
    supported.filter((it) => it.keys[0]?.alg === alg && it.result === result).length;
  const counts = algorithmNames.map((alg) => [alg, count(alg, 'valid'), count(alg, 'invalid')]);
  assert.deepEqual(counts, [
    ['ES256', 2, 37],
    ['EdDSA', 0, 0],
    ['RS256', 8, 225],
  ]);

  const passed = cases.filter((it) => passes(it, theirHeader));
  assert.deepEqual(ids(passed.filter(({ result }) => result === 'invalid')), [], 'must fail and passed');
  const refused = supported.filter((it) => it.result === 'valid' && !passed.includes(it));
  // A payload of no bytes is good JWS. It is no JSON, and no token of ours, so that its segment is refused with all other empty ones.
  assert.deepEqual(
    refused.map(({ comment }) => comment),
    ['emptyPayload'],
  );
  assert.equal(passed.length, 9);
  assert.ok(
    passed.every((it) => supported.includes(it)),
    'what we do not support is refused',
  );
  assert.equal(cases.length - supported.length, 129);
});

test('below the header rule: of 26 key sets one passes, and none that must fail', async (t) => {
  const cases = casesOf(keySets, t);
  if (cases === undefined) return;
  const passed = cases.filter((it) => passes(it, theirHeader));
  const [roca, ...others] = passed.filter(({ result }) => result === 'invalid');
  assert.deepEqual(ids(passed.filter(({ result }) => result === 'valid')), [5]);
  assert.deepEqual(ids(others), []);

  // A key of the ROCA generator (CVE-2017-15361) looks like any other. The server takes no key from anybody: it signs, and verifies, with
  // those that it has made itself, and those are of another size and of OpenSSL.
  assert.equal(roca?.comment, 'rejectsKeyWithRocaVulnerability');
  const { publicKey } = await algorithms.RS256.generate();
  const size = (key: KeyObject | undefined) => key?.asymmetricKeyDetails?.modulusLength;
  const [jwk] = roca.keys;
  assert.deepEqual([size(publicKey), size(jwk && admitted(jwk)?.publicKey)], [3_072, 2_049]);

  const otherAlgorithms = cases.filter(({ keys }) => !keys.some((key) => isOurs(key.alg)));
  assert.deepEqual([otherAlgorithms.length, otherAlgorithms.filter((it) => passed.includes(it)).length], [17, 0]);
});
