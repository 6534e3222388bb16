import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bcrypt } from './bcrypt.ts';
import { phpass } from './phpass.ts';
import { describeScheme } from './scheme.contract.ts';

const tail = 'abcdEFGHWfoTfpc9yln9DzEKFuMdH0';

describeScheme('phpass', phpass, {
  vectors: {
    'passlib 1.7.4 ($P$)': `$P$5${tail}`,
    'passlib 1.7.4 ($H$)': '$H$6./zZ0189LDkykHF42SWdhLCSmQhAY.',
    'passlib 1.7.4 (a long password)': {
      hash: '$P$5abcdEFGHPYJpnXc0qwWwMb.vdngQ2.',
      password: '0123456789'.repeat(20),
    },
  },
  strong: [],
  weak: [`$P$5${tail}`, `$P$B${tail}`, `$H$G${tail}`],
  tooCostly: [`$P$H${tail}`, `$P$S${tail}`],
  malformed: [
    `$P$4${tail}`,
    `$P$T${tail}`,
    `$S$5${tail}`,
    `$P$5${tail.slice(1)}`,
    `$P$5${tail.slice(0, -1)}2`,
    `$P$5${tail}\n`,
    `$P$${tail}`,
  ],
});

const quoted = 'it\'s a "quoted" \\ one';

test('a WordPress password with quotes verifies as it is typed, though WordPress hashed it with backslashes', async () => {
  /** passlib 1.7.4 and PHP 8.2.36, of what PHP's addslashes makes of it. */
  const hashes = [
    [phpass, '$P$5wordpresM/tLSO7a3/7OReuJfpLgC.'],
    [bcrypt, '$wp$2y$04$fNsSFH2dUqlMCiTtQrawWufXxzwuWQJZZrKEMJ3Y0XxpSSb8RWLaa'],
  ] as const;
  for (const [scheme, hash] of hashes) {
    assert.equal(await scheme.verify(hash, quoted), true);
    assert.equal(await scheme.verify(hash, quoted.replaceAll('"', '')), false);
  }
});

test('a password of WordPress 6.8 is taken without the white space around it, and is not cut', async () => {
  /** PHP 8.2.36, by WordPress's lines. */
  const trimmed = '$wp$2y$04$b9kYJDGNPsmXAEBospjra.aPF9eQifJ7Ta.GP8ou0LPd.KP1dD4TC';
  const long = '$wp$2y$04$CefuoWKUkoPHz/yrQbH6qe9mFAChFMDUrvbmc4Ymu4U8FQ8PKhWRi';
  assert.equal(await bcrypt.verify(trimmed, '  correct horse bättery '), true);
  assert.equal(await bcrypt.verify(trimmed, 'correct horse bättery'), true);
  assert.equal(await bcrypt.verify(long, '0123456789'.repeat(10)), true);
  assert.equal(await bcrypt.verify(long, '0123456789'.repeat(10).slice(0, 99)), false);
});

test('a password longer than phpass takes is refused', async () => {
  assert.deepEqual(await phpass.digestsOf(`$P$5${tail}`, 'x'.repeat(4097)), [Buffer.alloc(0)]);
});
