import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDisability } from './policy.ts';

test('a disability ends in the future, and has a reason that fits on a line', () => {
  for (const good of [{}, { until: 1_001 }, { reason: '🦊'.repeat(500) }, { reason: '', until: 9_999 }]) {
    assert.deepEqual(checkDisability(good, 1_000), []);
  }
  for (const [bad, pointer] of [
    [{ until: 1_000 }, '/until'],
    [{ until: 999 }, '/until'],
    [{ reason: 'x'.repeat(501) }, '/reason'],
    [{ reason: 'one\nanother' }, '/reason'],
  ] as const) {
    assert.deepEqual(
      checkDisability(bad, 1_000).map((it) => it.pointer),
      [pointer],
    );
  }
});
