import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from './system-random.ts';

test('random bytes come in the number that was asked for, and none comes twice', () => {
  const drawn = new Map<number, string[]>([16, 22, 32, 64, 65, 4_096].map((count) => [count, []]));
  for (let turn = 0; turn < 500; turn += 1) {
    for (const [count, texts] of drawn) {
      const bytes = systemRandom.bytes(count);
      assert.equal(bytes.length, count);
      texts.push(bytes.toString('hex'));
    }
  }
  for (const [count, texts] of drawn) assert.equal(new Set(texts.map((it) => it.slice(0, 32))).size, 500, `${count}`);
  assert.equal(systemRandom.bytes(0).length, 0);
});

test('what was drawn stays as it is when more is drawn', () => {
  const first = systemRandom.bytes(32);
  const text = first.toString('hex');
  for (let turn = 0; turn < 1_000; turn += 1) systemRandom.bytes(32).fill(0);
  assert.equal(first.toString('hex'), text);
  assert.equal(first.buffer.byteLength, 32);
});
