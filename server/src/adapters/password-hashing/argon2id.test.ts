import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argon2, hashWithArgon2id, isAtLeast, writePhc } from './argon2id.ts';
import { describeScheme } from './scheme.contract.ts';

const salt = 'AAECAwQFBgcICQoLDA0ODw';
const tag = '2ihz8yaAdJ4DHhehTViqjv5m73aj4j945NlewQ3FnAY';

describeScheme('argon2', argon2, {
  vectors: {
    'argon2-cffi 25.1.0 (id)': `$argon2id$v=19$m=1024,t=2,p=1$${salt}$${tag}`,
    'argon2-cffi 25.1.0 (i)': `$argon2i$v=19$m=1024,t=2,p=1$${salt}$Ri80JPqJGw+8EPlp06t7Ud1kTzXRHCdhgfRnpFy3GHY`,
    'argon2-cffi 25.1.0 (d)': `$argon2d$v=19$m=1024,t=2,p=1$${salt}$ECZuLgAHfEta8OQJQFWg/6/MCiIXs3hu65R3BgwuN9E`,
    'argon2-cffi 25.1.0 (version 16)': `$argon2i$v=16$m=1024,t=2,p=1$${salt}$zcQw3XLj+HQTfEzY6FrUipSz2Q2Q9DRRzHUd/eOUyg4`,
    'argon2-cffi 25.1.0 (version 16, unnamed)': `$argon2i$m=1024,t=2,p=1$${salt}$zcQw3XLj+HQTfEzY6FrUipSz2Q2Q9DRRzHUd/eOUyg4`,
    'argon2-cffi 25.1.0 (four lanes)': `$argon2id$v=19$m=4096,t=3,p=4$${salt}$FIuhkwsh/fpzEHBF95ywRL1lmSK1S1dFGsxcc5vvhGc`,
    'Django 5.2.19':
      'argon2$argon2id$v=19$m=1024,t=2,p=8$TndTUW1jQ0NjT0lzdGsxUEdpeUU4Sg$kPJx/iEbRC9XkZAoI1y+Y9bc6bKX69rBpNDQnWCYKeQ',
  },
  strong: [
    `$argon2id$v=19$m=7168,t=5,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=65536,t=1,p=4$${salt}$${tag}`,
  ],
  weak: [
    `$argon2id$v=19$m=7167,t=9,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=7168,t=4,p=1$${salt}$${tag}`,
    `$argon2i$v=19$m=4096,t=3,p=1$${salt}$${tag}`,
  ],
  tooCostly: [
    `$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=19456,t=4294967295,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=262144,t=9,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=262144,t=1,p=255$${salt}$${tag}`,
  ],
  malformed: [
    `$argon2id$v=19$m=1024,t=2,p=1$${salt}$AAAA`,
    `$argon2id$v=19$m=1024,t=2,p=1$${salt.slice(0, -1)}P$${tag}`,
    `$argon2id$v=19$m=1024,t=2,p=1$AAAA$${tag}`,
    `$argon2id$v=19$m=1024,t=2,p=1,keyid=AAAA$${salt}$${tag}`,
    `$argon2id$v=18$m=1024,t=2,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=4,t=2,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=1024,t=0,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=1024,t=2,p=1$${salt}$${tag}\n`,
    `$argon2$v=19$m=1024,t=2,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=1024,t=2,p=1$${salt}`,
  ],
});

const today = { memoryKib: 1024, iterations: 2, parallelism: 1 };

test('hashing writes what an independent implementation writes for the same salt', async () => {
  const made = await hashWithArgon2id('correct horse bättery', today, Buffer.from(salt, 'base64'));
  assert.equal(made, `$argon2id$v=19$m=1024,t=2,p=1$${salt}$${tag}`);
  assert.equal(writePhc(today, Buffer.from(salt, 'base64'), Buffer.from(tag, 'base64')), made);
});

test('a hash is up to date only when it takes no less memory and no less work than a new one, and is else no weaker', () => {
  const upToDate = (parameters: string) => isAtLeast(today, `$${parameters}$${salt}$${tag}`);
  assert.equal(upToDate('argon2id$v=19$m=1024,t=2,p=1'), true);
  assert.equal(upToDate('argon2id$v=19$m=2048,t=3,p=2'), true);
  assert.equal(upToDate('argon2id$v=19$m=1023,t=3,p=2'), false);
  assert.equal(upToDate('argon2id$v=19$m=4096,t=1,p=1'), true, 'twice the work in one pass');
  assert.equal(upToDate('argon2id$v=19$m=2047,t=1,p=1'), false);
  assert.equal(isAtLeast({ ...today, parallelism: 2 }, `$argon2id$v=19$m=1024,t=2,p=1$${salt}$${tag}`), false);
  assert.equal(upToDate('argon2id$v=16$m=1024,t=2,p=1'), false);
  assert.equal(upToDate('argon2id$m=1024,t=2,p=1'), false);
  assert.equal(upToDate('argon2i$v=19$m=1024,t=2,p=1'), false);
  assert.equal(isAtLeast(today, `$argon2id$v=19$m=1024,t=2,p=1$AAECAwQFBgc$${tag}`), false);
  assert.equal(isAtLeast(today, `$argon2id$v=19$m=1024,t=2,p=1$${salt}$AAECAwQFBgcICQoLDA0ODw`), false);
});
