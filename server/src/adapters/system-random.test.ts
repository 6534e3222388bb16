import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from './system-random.ts';

test('gives as many bytes as are asked for, and none twice', () => {
  const seen = new Set<string>();
  for (let turn = 0; turn < 2_000; turn += 1) {
    const count = 16 + (turn % 80);
    const bytes = systemRandom.bytes(count);
    assert.equal(bytes.length, count);
    for (let from = 0; from + 8 <= count; from += 8) {
      const word = bytes.toString('hex', from, from + 8);
      assert.ok(!seen.has(word), 'eight bytes that came before');
      seen.add(word);
    }
  }
});

test("what was given is the caller's: to write over it changes nothing that comes", () => {
  const first = systemRandom.bytes(16);
  const copy = Buffer.from(first);
  const second = systemRandom.bytes(16);
  second.fill(0);
  assert.deepEqual(first, copy);
  assert.notDeepEqual(systemRandom.bytes(16), second);
});
