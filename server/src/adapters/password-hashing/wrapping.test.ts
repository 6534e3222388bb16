import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pbkdf2 } from './pbkdf2.ts';
import { phpass } from './phpass.ts';
import { createWrapping } from './wrapping.ts';

const wrapping = createWrapping([pbkdf2, phpass]);
const parameters = { memoryKib: 64, iterations: 1, parallelism: 1 };
const salt = () => Buffer.alloc(16, 7);

/** passlib 1.7.4. */
const stored = '$P$5abcdEFGHWfoTfpc9yln9DzEKFuMdH0';
const password = 'correct horse bättery';
const blank = `$P$5abcdEFGH${'.'.repeat(22)}`;

test('a wrapped hash is argon2id over the digest, and holds all of the old hash but that', async () => {
  const wrapped = await wrapping.wrap(stored, parameters, salt);
  /** argon2-cffi 25.1.0, of the 22 signs of the digest. */
  const phc = '$argon2id$v=19$m=64,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$4x1jmVmuB29cWsYEXQCQcnMfSo6yPzFF5ff90UB0Vuk';
  assert.equal(wrapped, `$wrapped${phc}$${blank}`);
});

test('wrapped or not, a hash matches the same passwords', async () => {
  const wrapped = await wrapping.wrap(stored, parameters, salt);
  const passwords = fc.oneof(fc.constant(password), fc.string({ unit: 'binary' }));
  await fc.assert(
    fc.asyncProperty(passwords, async (attempt) => {
      assert.equal(await wrapping.verify(wrapped, attempt), await phpass.verify(stored, attempt));
    }),
    { numRuns: 60 },
  );
});

test('a wrapped hash that is broken, too costly, or wrapped twice is neither recognised nor run', async () => {
  const wrapped = await wrapping.wrap(stored, parameters, salt);
  const broken = [
    '$wrapped',
    `$wrapped${stored}`,
    wrapped.slice(0, -1),
    `${wrapped}.`,
    wrapped.replace(blank, stored),
    wrapped.replace('argon2id', 'argon2i'),
    wrapped.replace('$P$', '$X$'),
    wrapped.replace(blank, wrapped),
    wrapped.replace('m=64', 'm=4'),
    wrapped.padEnd(1100, '.'),
  ];
  for (const text of broken) {
    assert.equal(wrapping.recognises(text), false, text);
    assert.equal(await wrapping.verify(text, password), false, text);
  }
  for (const text of [wrapped.replace('m=64', 'm=4194304'), wrapped.replace('$P$5', '$P$S')]) {
    assert.equal(wrapping.recognises(text), true, text);
    assert.equal(wrapping.costIsBearable(text), false, text);
    assert.equal(await wrapping.verify(text, password), false, text);
  }
});

test('the longest hash that is recognised can be wrapped and is still read', async () => {
  const long = `pbkdf2:sha512:1000$${'s'.repeat(256)}$${'0f'.repeat(64)}`;
  const wrapped = await wrapping.wrap(long, { memoryKib: 262_144, iterations: 1, parallelism: 16 }, salt);
  assert.equal(wrapping.costIsBearable(wrapped), true);
});
