import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jumpHash } from './jump-hash.ts';

const anyKey = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const anyCount = fc.integer({ min: 1, max: 5_000_000 });

test('gives the buckets that other implementations give', () => {
  /** github.com/dgryski/go-jump, jump_test.go. */
  const vectors = [
    [1n, 1, 0],
    [42n, 57, 43],
    [0xdead10ccn, 1, 0],
    [0xdead10ccn, 666, 361],
    [256n, 1_024, 520],
  ] as const;
  for (const [key, buckets, bucket] of vectors) assert.equal(jumpHash(key, buckets), bucket);
});

test('always gives one of the buckets, and none where there is none', () => {
  fc.assert(
    fc.property(anyKey, anyCount, (key, buckets) => {
      const bucket = jumpHash(key, buckets);
      assert.ok(Number.isInteger(bucket) && bucket >= 0 && bucket < buckets);
    }),
  );
  assert.equal(jumpHash(7n, 0), -1);
});

test('with more buckets a key stays where it is, or falls to a new one', () => {
  fc.assert(
    fc.property(anyKey, anyCount, anyCount, (key, buckets, more) => {
      const [before, after] = [jumpHash(key, buckets), jumpHash(key, buckets + more)];
      assert.ok(after === before || after >= buckets);
    }),
  );
});

test('spreads keys evenly', () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let key = 0n; key < 10_000n; key += 1n) {
    const bucket = jumpHash((key * 0x9e3779b97f4a7c15n) % 2n ** 64n, 10);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1_150, `${counts}`);
});
