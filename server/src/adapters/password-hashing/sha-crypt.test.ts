import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeScheme } from './scheme.contract.ts';
import { shaCrypt } from './sha-crypt.ts';

const digest256 = 'wunH1Hkh3M.4ZzL7dJId3hmVUs2bDSaRwzPu.2x0ck.';
const digest512 = '8E6z12RCRQsER4fgMVxpP4V9G8fdznXCPwVwBVPR7HUPvOI0KClI50pbGUPfBLO3qOKSPgdQSmT6uAewuRtEf/';

describeScheme('sha-crypt', shaCrypt, {
  vectors: {
    'passlib 1.7.4 (SHA-256)': `$5$rounds=1000$saltSALT0123$${digest256}`,
    'passlib 1.7.4 (SHA-512)': `$6$rounds=1234$abcdefgh./012345$${digest512}`,
    'passlib 1.7.4 (SHA-512, 5,000 rounds unsaid)':
      '$6$shortsalt$3mQRlU5Ns8nlfrOZkW9cqyuiBwYXwO7L.CKbV69e.W04PBpakEJ8PrK/8q6.g9gYmek/h1cL3SFIpSWfMg1uD/',
    'OpenSSL 3.0.19 (passwd -5)': '$5$openssl5$uG4ec7o2sxLEp6cNNM/vHFX5.aUcIX4n6wAEMCNJMZ1',
    'OpenSSL 3.0.19 (passwd -6)':
      '$6$openssl6$vavXUFNaMTrleY.UNjKacHHYAXAwV7ZCZU2.wD8.f0EmoYLvMBXQw8q8SZe7oELLjAa4Ht42zoEmqKvHNP8wI/',
    'mkpasswd 5.5.17 with libxcrypt 4.4.33 (SHA-256)':
      '$5$rounds=1500$mkpasswdsalt$Cywr.aXlO6jpOSYPaM3s.BGad3enxHAebxZ2uoVili6',
    'mkpasswd 5.5.17 with libxcrypt 4.4.33 (SHA-512)':
      '$6$rounds=1500$mkpasswdsalt$7NxBWsigDqIWnLOZrkFUd2nMgY.Ul.4Iwj7.ShGYY38a8lxHWLItNbNPuZXOHYR/UrlMQ6Jc96F0hghb0ZIg0/',
    'PHP 8.2.36 (crypt, SHA-256)': '$5$rounds=1000$phpsalt$rcVFh6ycKJwGMPmPexD2jsjTCtHa87mYMKfSbFkVwLA',
    'passlib 1.7.4 (SHA-256, a long password)': {
      hash: '$5$rounds=1000$longpw$oIwH3v2b8HCUa9nbDKCM2/ooEWjcYCICx9YNYTwVvm3',
      password: '0123456789'.repeat(20),
    },
    'passlib 1.7.4 (SHA-512, a long password)': {
      hash: '$6$rounds=1000$longpw$bQjW6l1noLQ6uKgiGSxirYBlLQOS71vYjOvxibP3DRP.HSd5lNVQv27lYBJUA8FHzqj7HLJ1tUUaRaDb/5gx9/',
      password: '0123456789'.repeat(20),
    },
    'Perl 5.36 (crypt, SHA-512, a salt of one sign)':
      '$6$rounds=1000$p$mdC8VGSxjuHWzfJN7Oryjjnit3gdHqjvpu4c3vOS5FMTcz5nM9kTGLDvUzWQ9cMhJwz/9QueQvFNeOB6AMX/m0',
  },
  strong: [`$6$rounds=420000$salt$${digest512}`, `$6$rounds=656000$salt$${digest512}`],
  weak: [`$5$salt$${digest256}`, `$5$rounds=535000$salt$${digest256}`, `$6$rounds=419999$salt$${digest512}`],
  tooCostly: [`$5$rounds=999999999$salt$${digest256}`, `$6$rounds=1000001$salt$${digest512}`],
  malformed: [
    `$5$rounds=999$salt$${digest256}`,
    `$5$rounds=01000$salt$${digest256}`,
    `$5$rounds=1000000000$salt$${digest256}`,
    `$5$rounds=$salt$${digest256}`,
    `$5$$${digest256}`,
    `$5$saltsaltsaltsalts$${digest256}`,
    `$5$salt$${digest512}`,
    `$6$salt$${digest256}`,
    `$5$salt$${digest256.slice(0, -1)}E`,
    `$6$salt$${digest512.slice(0, -1)}2`,
    `$5$salt$${digest256}\n`,
    `$1$salt$${digest256}`,
  ],
});

test('a password longer than any crypt(3) takes is refused, since each round would hash all of it', async () => {
  assert.equal(await shaCrypt.verify(`$5$rounds=1000$saltSALT0123$${digest256}`, 'x'.repeat(512)), false);
  assert.deepEqual(await shaCrypt.digestsOf(`$5$rounds=1000$saltSALT0123$${digest256}`, 'x'.repeat(512)), [
    Buffer.alloc(0),
  ]);
});
