import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexPasswords, isCommonPassword } from './common-passwords.ts';

test('the passwords that everybody tries first are common, however they are written', () => {
  const common = [
    'password',
    '12345678',
    'qwerty123',
    'iloveyou',
    'password123',
    '1q2w3e4r5t',
    'trustno1',
    'Passw0rd',
    'QWERTYUIOP',
  ];
  for (const password of common) assert.equal(isCommonPassword(password), true, password);
});

test('one character over and over is common, whatever it is', () => {
  for (const password of ['000000000', 'kkkkkkkkkkkkkkkkkk', 'AaAaAaAaAaA', '\u{1f511}'.repeat(10)])
    assert.equal(isCommonPassword(password), true, password);
});

test('a password that only begins as a common one is not common', () => {
  for (const password of ['password of the lighthouse', 'kestrel-amber-94', '12345678 steps', ''])
    assert.equal(isCommonPassword(password), false, password);
});

test('an entry shorter than any password has no place in memory', () => {
  assert.deepEqual([...indexPasswords(['123456', 'password', 'qwerty', '12345678'], 8)], ['password', '12345678']);
  assert.equal(isCommonPassword('qwerty'), false);
});
