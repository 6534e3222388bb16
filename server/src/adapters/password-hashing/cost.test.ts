import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateMs } from './cost.ts';

const passes = (memoryKib: number, iterations: number) => estimateMs({ kind: 'argon2', memoryKib, iterations });
const bcrypt = (cost: number) => estimateMs({ kind: 'bcrypt', cost });
const pbkdf2 = (digestName: string, rounds: number, blocks = 1) =>
  estimateMs({ kind: 'pbkdf2', digestName, rounds, blocks });
const scrypt = (ln: number, p = 1) => estimateMs({ kind: 'scrypt', N: 2 ** ln, r: 8, p });

test('what OWASP names as equals is estimated in the tens and low hundreds of milliseconds', () => {
  const equals = [
    passes(19_456, 2),
    passes(7_168, 5),
    bcrypt(10),
    pbkdf2('sha256', 600_000),
    scrypt(17),
    scrypt(13, 10),
  ];
  for (const ms of equals) assert.ok(ms > 5 && ms < 500, `${ms}`);
});

test('an estimate grows as the work does', () => {
  assert.equal(bcrypt(13), 8 * bcrypt(10));
  assert.equal(passes(65_536, 3), 3 * passes(65_536, 1));
  assert.equal(scrypt(16), 4 * scrypt(14));
  assert.equal(pbkdf2('sha1', 4_000, 2), pbkdf2('sha1', 8_000));
  assert.ok(pbkdf2('sha512', 1_000) > pbkdf2('sha256', 1_000));
  assert.equal(estimateMs({ kind: 'sha-crypt', rounds: 10_000 }), 2 * estimateMs({ kind: 'sha-crypt', rounds: 5_000 }));
  assert.ok(estimateMs({ kind: 'phpass', rounds: 2 ** 18 }) > 200);
});
