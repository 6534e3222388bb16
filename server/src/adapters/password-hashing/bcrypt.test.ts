import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bcrypt } from './bcrypt.ts';
import { describeScheme } from './scheme.contract.ts';

const body = 'Mn/CWwBUW3N7NeDluQztcuBIzhwuqRk8eonGH8WLswtmpjxX42pQ6';

describeScheme('bcrypt', bcrypt, {
  vectors: {
    'bcrypt 5.0.0 ($2b$)': `$2b$04$${body}`,
    'bcrypt 5.0.0 ($2y$)': `$2y$04$${body}`,
    'bcrypt 5.0.0 ($2a$)': '$2a$04$bGGwbce8kUcylwhZJmGe5eVx35p3EaNNEGU22r5FszeEwT6NELp8W',
    'Django 5.2.19 (bcrypt)': 'bcrypt$$2b$04$kZw9nY5RrjJ3zPQhNT7biu4o8/6gM6gh/kx.WkrvcVy8X685mbS4S',
    'Django 5.2.19 (bcrypt_sha256)': 'bcrypt_sha256$$2b$04$iPeJXXZQSabog7nF8H4ZCuoTK7EmPLfCO1gpgm2jwm2O6CWMkwXMS',
    'passlib 1.7.4 (bcrypt-sha256, version 2)':
      '$bcrypt-sha256$v=2,t=2b,r=4$MIa28H1octHkFXmB8HBch.$LvswXuz5uUfcyJNLiWs8tFgv6YsYwrK',
    'passlib 1.7.4 (bcrypt-sha256, version 1)':
      '$bcrypt-sha256$2b,4$kVfQX2x9RGnzgulUVQAAS.$cD4/IiHwQdZHVwr29D7QycilrJ1rV4i',
    'PHP 8.2.36 (password_hash)': '$2y$04$lUXSI/Q5t6un6d.47JprzOaSgkjB8vzTEt/ekEkIq5WihdIgcsGBu',
    'mkpasswd 5.5.17 with libxcrypt 4.4.33 ($2a$)': '$2a$05$7hSZkte.0ZB9PffBzsmBa.14tLsFrMTAtnpUffHpmlySeyIZAk1Cq',
    'WordPress 6.8 (its lines of wp_hash_password in PHP 8.2.36)':
      '$wp$2y$04$iqA6fdtEoyW7VV7iSiXZ/O/xQOoyZTJ/8k282nWQDojAyvzDrbcTi',
  },
  strong: [`$2b$10$${body}`, `$2y$12$${body}`, `$wp$2y$10$${body}`],
  weak: [`$2b$09$${body}`, `bcrypt_sha256$$2b$09$${body}`],
  tooCostly: [
    `$2b$31$${body}`,
    `$2b$16$${body}`,
    `bcrypt$$2b$31$${body}`,
    `bcrypt_sha256$$2b$31$${body}`,
    '$bcrypt-sha256$v=2,t=2b,r=31$MIa28H1octHkFXmB8HBch.$LvswXuz5uUfcyJNLiWs8tFgv6YsYwrK',
  ],
  malformed: [
    `$wp$2b`,
    `$wp${body}`,
    `$wp$wp$2y$04$${body}`,
    `$wp$bcrypt$$2b$04$${body}`,
    '$2b$04$',
    '$2b$31$short',
    `$2b$03$${body}`,
    `$2b$32$${body}`,
    `$2b$4$${body}`,
    `$2x$04$${body}`,
    `$2b$04$${body}a`,
    `$2b$04$${body}\n`,
    `bcrypt_sha256$2b$04$${body}`,
    'bcrypt$bcrypt$$2b$04$kZw9nY5RrjJ3zPQhNT7biu4o8/6gM6gh/kx.WkrvcVy8X685mbS4S',
    '$bcrypt-sha256$v=3,t=2b,r=4$MIa28H1octHkFXmB8HBch.$LvswXuz5uUfcyJNLiWs8tFgv6YsYwrK',
    '$bcrypt-sha256$2b,99$kVfQX2x9RGnzgulUVQAAS.$cD4/IiHwQdZHVwr29D7QycilrJ1rV4i',
  ],
});

/** Made by bcrypt 4.0.1 (Python), which cuts as the first implementation did. */
const hashOf80Bytes = '$2b$04$JcZB6m37msjV5TDyJTtxjOosMDv8EciYgghVP4b9CvjFbij4noaGW';
const eightyBytes = '0123456789'.repeat(8);

test('a legacy bcrypt hash of a long password verifies as its maker made it: by the first 72 bytes', async () => {
  assert.equal(await bcrypt.verify(hashOf80Bytes, eightyBytes), true);
  assert.equal(await bcrypt.verify(hashOf80Bytes, eightyBytes.slice(0, 72)), true);
  assert.equal(await bcrypt.verify(hashOf80Bytes, eightyBytes.slice(0, 71)), false);
});
