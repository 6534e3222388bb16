import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTestClock } from '../../../test/support/ports.ts';
import type { Tx } from '../../db/database.ts';
import { Secret } from '../../kernel/secret.ts';
import { createDigestOfCode, createIssueToken } from './issue-token.ts';
import type { OneTimeCodesStore } from './store.ts';

const codes = 1_000_000;
/** The numbers of four bytes below here are as many for each code. */
const fair = 4_294_000_000;

const digestOfCode = createDigestOfCode({ secretKeys: { present: new Secret('a secret key for tests'), former: [] } });
const store = { add: async () => 1, forgetOlder: async () => {} } as unknown as OneTimeCodesStore;

/** The code that comes of these numbers, one after the other. */
async function codeOf(...numbers: number[]): Promise<string | undefined> {
  const bytes = (count: number) => {
    const drawn = Buffer.alloc(count);
    if (count === 4) drawn.writeUInt32BE(numbers.shift() ?? assert.fail('drew once more than there are numbers'));
    return drawn;
  };
  const mail = { linkTo: () => '' };
  const issue = createIssueToken({ clock: createTestClock(), random: { bytes }, mail, store, digestOfCode });
  const { code } = await issue({} as Tx, { purpose: 'sign-in', user: undefined, email: 'ada@example.com' });
  assert.deepEqual(numbers, [], 'no number is left over');
  return code;
}

test('codes are uniform: each comes of as many numbers, and what would favour some is drawn anew', async () => {
  assert.equal(fair % codes, 0);
  assert.ok(fair <= 2 ** 32 && 2 ** 32 - fair < codes, 'no more is drawn anew than must be');
  const number = fc.integer({ min: 0, max: fair - 1 });
  await fc.assert(
    fc.asyncProperty(
      number,
      fc.array(fc.integer({ min: fair, max: 2 ** 32 - 1 }), { maxLength: 3 }),
      async (it, unfair) => {
        assert.equal(await codeOf(...unfair, it), String(it % codes).padStart(6, '0'));
      },
    ),
  );
});

test('the first and the last code have six digits, as all', async () => {
  assert.equal(await codeOf(0), '000000');
  assert.equal(await codeOf(fair - 1), '999999');
  assert.equal(await codeOf(fair, 2 ** 32 - 1, 7), '000007');
});

test('the digest of a code is of its purpose and its address, and under the key of the server', () => {
  const other = createDigestOfCode({ secretKeys: { present: new Secret('another secret key'), former: [] } });
  const digest = digestOfCode('sign-in', 'ada@example.com', '000000');
  const others = [
    digestOfCode('sign-in', 'ada@example.com', '000001'),
    digestOfCode('sign-in', 'bea@example.com', '000000'),
    digestOfCode('verify-email', 'ada@example.com', '000000'),
    other('sign-in', 'ada@example.com', '000000'),
  ];
  assert.ok(!others.includes(digest));
});
