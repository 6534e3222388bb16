import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemRandom } from './system-random.ts';

test('bytes are as many as were asked for, and none comes twice, across draws too', () => {
  const random = createSystemRandom();
  const drawn: Buffer[] = [];
  for (let turn = 0; turn < 200; turn += 1) for (const count of [10, 16, 32, 64]) drawn.push(random.bytes(count));
  drawn.push(random.bytes(65), random.bytes(4_096));
  assert.deepEqual(
    drawn.slice(0, 4).map(({ length }) => length),
    [10, 16, 32, 64],
  );
  assert.equal(drawn.at(-1)?.length, 4_096);
  // Eight bytes of chance meet once in 2^64.
  const pieces = drawn.flatMap((bytes) =>
    Array.from({ length: Math.floor(bytes.length / 8) }, (_, at) => bytes.toString('hex', 8 * at, 8 * at + 8)),
  );
  assert.equal(new Set(pieces).size, pieces.length);
});

test('what was handed out stays as it is, and whoever writes into it writes into nothing else', () => {
  const random = createSystemRandom();
  const first = random.bytes(16);
  const kept = first.toString('hex');
  const others = Array.from({ length: 100 }, () => random.bytes(16));
  assert.equal(first.toString('hex'), kept);
  const before = others.map((it) => it.toString('hex'));
  first.fill(0);
  assert.deepEqual(
    others.map((it) => it.toString('hex')),
    before,
  );
});
