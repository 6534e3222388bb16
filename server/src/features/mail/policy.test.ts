import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { backOffMs, harmlessReason, lastTryAt, restMs } from './policy.ts';

const attempts = fc.integer({ min: 1, max: 5_000 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait for the next attempt', () => {
  test('lies between the half and the whole of 10 seconds, doubled with each attempt, and of an hour at most', () => {
    fc.assert(
      fc.property(attempts, chance, (count, luck) => {
        const whole = Math.min(3_600_000, 10_000 * 2 ** (count - 1));
        const wait = backOffMs(count, luck);
        assert.ok(Number.isSafeInteger(wait) && wait >= whole / 2 && wait <= whole, String(wait));
      }),
    );
  });

  test('never gets shorter with more attempts, whatever the luck', () => {
    fc.assert(
      fc.property(attempts, chance, chance, (count, luck, other) => {
        assert.ok(backOffMs(count + 1, other) >= backOffMs(count, luck) || backOffMs(count + 1, 0) === 1_800_000);
        assert.ok(backOffMs(count + 1, luck) >= backOffMs(count, luck));
      }),
    );
  });

  test('parts mails that have failed together', () => {
    const waits = new Set(Array.from({ length: 100 }, (_, place) => backOffMs(3, place / 100)));
    assert.equal(waits.size, 100);
  });
});

test('the last try is a minute before the links of a mail die, and a tenth of a short life', () => {
  const createdAt = 1_000_000;
  const before = (life: number) => createdAt + life - lastTryAt({ createdAt, expiresAt: createdAt + life });
  assert.deepEqual([86_400_000, 600_000, 60_000, 9].map(before), [60_000, 60_000, 6_000, 0]);
});

test('a server that is away is left alone for a second, then longer, at most a minute', () => {
  assert.deepEqual([1, 2, 3, 6, 7, 50].map(restMs), [1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});

describe('the reason of a failure that is kept', () => {
  test('is what the server said, on one line', () => {
    assert.equal(harmlessReason('550 5.1.1\r\n  <ada@example.com>: unknown'), '550 5.1.1 <[address]>: unknown');
  });

  for (const [what, text] of [
    ['a link', '554 https://auth.example.com/mail/reset-password#token=abc is spam'],
    ['a token', '554 bad word: sQ2-kW_91mZx0aLr7bTn4c'],
    ['a code', '554 bad word: 123456!'],
    ['a login', '535 AUTH PLAIN AGFkYUBleGFtcGxlLmNvbQBzZWNyZXQ= failed'],
  ] as const) {
    test(`keeps no ${what} that the server repeats`, () => {
      assert.doesNotMatch(harmlessReason(text), /token|sQ2|123456|AGFk/);
    });
  }

  test('is never longer than its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => harmlessReason(text).length <= 300),
    );
  });
});
