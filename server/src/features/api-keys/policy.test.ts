import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expiryFaults, expiryOf, isLiving, type KeyLimits, permissionFaults, textFaults } from './policy.ts';

const day = 86_400;
const limits: KeyLimits = {
  defaultTtlSeconds: 90 * day,
  longestTtlSeconds: 365 * day,
  mayNeverExpire: false,
  perUser: 25,
};

describe('a key lives', () => {
  const living = { expiresAt: 1_000, revokedAt: undefined, ownerIsActive: true };

  test('until the instant at which it expires, and not at it', () => {
    assert.deepEqual(
      [999, 1_000, 1_001].map((now) => isLiving(living, now)),
      [true, false, false],
    );
  });

  test('for ever where it has no such instant', () => {
    assert.equal(isLiving({ ...living, expiresAt: undefined }, Number.MAX_SAFE_INTEGER), true);
  });

  test('not once it was revoked, whatever the clock says, and not while its owner is shut out', () => {
    assert.equal(isLiving({ ...living, revokedAt: 5_000 }, 10), false);
    assert.equal(isLiving({ ...living, ownerIsActive: false }, 10), false);
  });
});

describe('how long it lives', () => {
  test('is what its maker says, or what is usual', () => {
    assert.equal(expiryOf(7, limits, 500), 500 + 7 * day * 1_000);
    assert.equal(expiryOf(undefined, limits, 500), 500 + 90 * day * 1_000);
    assert.equal(expiryOf(null, limits, 500), undefined);
    assert.equal(expiryOf(undefined, { ...limits, longestTtlSeconds: 7 * day }, 500), 500 + 7 * day * 1_000);
  });

  test('is within the limit, and for ever only where that is allowed', () => {
    const faulty = (days: number | null | undefined, of = limits) => expiryFaults(days, of).length > 0;
    assert.deepEqual(
      [1, 365, 366, null, undefined].map((days) => faulty(days)),
      [false, false, true, true, false],
    );
    assert.equal(faulty(null, { ...limits, mayNeverExpire: true }), false);
    assert.equal(faulty(366, { ...limits, mayNeverExpire: true }), true);
    assert.equal(expiryFaults(400, limits)[0]?.pointer, '/expires_in_days');
  });
});

test('no key is given what only people may do', () => {
  const wanted = ['posts:publish', 'api-keys:write', 'api-keys-of-mine:read', 'api-keys:anything'];
  assert.deepEqual(
    permissionFaults(wanted).map(({ pointer }) => pointer),
    ['/permissions/1', '/permissions/3'],
  );
});

test('name and description are plain text of bounded length, also by the CLI', () => {
  const pointers = (name: string, description = '') => textFaults({ name, description }).map(({ pointer }) => pointer);
  for (const name of ['ci', '🐦'.repeat(64), 'Ünï çödé']) assert.deepEqual(pointers(name), []);
  for (const name of ['', 'x'.repeat(65), 'a\nb', '\u001b[2J', 'a\u202eb', 'NUL\0']) {
    assert.deepEqual(pointers(name), ['/name'], JSON.stringify(name));
  }
  assert.deepEqual(pointers('ci', 'x'.repeat(513)), ['/description']);
  assert.deepEqual(pointers('ci', 'two\nlines'), ['/description']);
});
