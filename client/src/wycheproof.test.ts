import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { algorithms, openJws } from './jws.ts';
import { readKeySet } from './key-set.ts';
import { TokenRefused } from './refused.ts';

/** A group of tests that share a key, or a set of keys; `public` is missing where the key is symmetric. */
interface Group {
  readonly comment: string;
  readonly public?: Jwks;
  readonly private: Jwks;
  readonly tests: readonly Vector[];
}

type Jwk = Readonly<Record<string, unknown>>;
type Jwks = Jwk | { readonly keys: readonly Jwk[] };

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  /** An object where the JSON serialisation is tried. */
  readonly jws: unknown;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

const folder =
  process.env.WYCHEPROOF_DIR ?? join(fileURLToPath(new URL('../../..', import.meta.url)), 'shared', 'vectors');

function load(t: TestContext, name: string): readonly Group[] | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')).testGroups;
  t.skip('NOT RUN: the Wycheproof vectors are not there (WYCHEPROOF_DIR)');
  return undefined;
}

const keysOf = ({ public: open, private: closed }: Group): readonly Jwk[] => {
  const keys = open ?? closed;
  return 'keys' in keys && Array.isArray(keys.keys) ? keys.keys : [keys];
};

/** What the core of the verifier makes of a token: `good`, or the code of its refusal. */
async function judge(group: Group, { jws }: Vector): Promise<string> {
  const set = await readKeySet(JSON.stringify({ keys: keysOf(group) })).catch(() => new Map());
  const find = async (kid: string) => {
    const key = set.get(kid);
    return key && { ...key, withdrawn: false };
  };
  try {
    await openJws(typeof jws === 'string' ? jws : JSON.stringify(jws), find);
    return 'good';
  } catch (error) {
    if (error instanceof TokenRefused) return error.code;
    throw error;
  }
}

const isSupported = (group: Group): boolean =>
  keysOf(group).some(({ alg }) => algorithms.some((known) => known === alg));

/** Judges all vectors of a file: of the algorithms that we support as they must be, all others as refused. */
async function judgeAll(groups: readonly Group[]) {
  const count = { accepted: 0, refused: 0, unsupported: 0 };
  for (const group of groups) {
    const supported = isSupported(group);
    for (const vector of group.tests) {
      const verdict = await judge(group, vector);
      const wanted = supported && vector.result === 'valid';
      assert.equal(verdict === 'good', wanted, `${vector.tcId} ${group.comment}: ${vector.comment}: ${verdict}`);
      if (!supported && vector.result === 'valid') {
        assert.ok(['unsupported-algorithm', 'malformed'].includes(verdict), `${vector.tcId}: ${verdict}`);
      }
      count[wanted ? 'accepted' : supported ? 'refused' : 'unsupported'] += 1;
    }
  }
  return count;
}

test('Wycheproof, JSON Web Signature: what must fail fails, what must pass passes', async (t) => {
  const groups = load(t, 'json_web_signature_test.json');
  if (groups === undefined) return;
  // 15 of es256, 226 + 5 + 1 + 1 of rs256, 24 special cases of ES256; the rest is of HS, PS, RS384, RS512, ES512, and of keys to encrypt with.
  assert.deepEqual(await judgeAll(groups), { accepted: 10, refused: 262, unsupported: 129 });
});

test('Wycheproof, JSON Web Key: weak, wrong and ambiguous keys verify nothing', async (t) => {
  const groups = load(t, 'json_web_key_test.json');
  if (groups === undefined) return;
  assert.deepEqual(await judgeAll(groups), { accepted: 1, refused: 8, unsupported: 17 });
});
