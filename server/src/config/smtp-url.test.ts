import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SettingError } from './setting.ts';
import { describeSmtpServer, parseSmtpUrl } from './smtp-url.ts';

const plain = (url: string) => {
  const { login, ...rest } = parseSmtpUrl(url);
  return { ...rest, login: login && [login.user, login.password.reveal()] };
};

describe('a mail server', () => {
  test('has the port of submission and must encrypt, unless it is said otherwise', () => {
    const server = { host: 'smtp.example.com', port: 587, tls: 'required', verified: true, login: undefined };
    assert.deepEqual(plain('smtp://smtp.example.com'), server);
    assert.deepEqual(plain(' SMTP://smtp.example.com:2525/?tls=offered '), { ...server, port: 2525, tls: 'offered' });
    assert.deepEqual(plain('smtp://smtp.example.com?tls=off').tls, 'off');
    assert.deepEqual(plain('smtps://smtp.example.com'), { ...server, port: 465, tls: 'implicit' });
  });

  test('on this machine need not encrypt or have a certificate', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
      const { tls, verified } = plain(`smtp://${host}:25`);
      assert.deepEqual([tls, verified], ['offered', false], host);
    }
    assert.equal(plain('smtp://127.0.0.1?tls=required').tls, 'required');
    assert.deepEqual(plain('smtp://localhost.example.com').verified, true);
    assert.deepEqual(plain('smtp://[2001:db8::1]').host, '2001:db8::1');
  });

  test('is told any user and password, escaped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (user, password) => {
        fc.pre([user, password].every((it) => it.isWellFormed()));
        const url = `smtps://${encodeURIComponent(user)}:${encodeURIComponent(password)}@smtp.example.com`;
        assert.deepEqual(plain(url).login, [user, password]);
      }),
    );
  });

  test('is shown without its password', () => {
    const shown = (url: string) => describeSmtpServer(parseSmtpUrl(url));
    assert.equal(shown('smtp://ada%40b:secret@[::1]:25'), 'smtp://ada%40b:…@[::1]:25?tls=offered');
    assert.equal(shown('smtps://smtp.example.com'), 'smtps://smtp.example.com:465');
  });

  const wrong: Readonly<Record<string, RegExp>> = {
    'http://smtp.example.com': /must begin with smtp/,
    'smtp://': /must be smtp:/,
    'smtp://smtp.example.com/path': /must be smtp:/,
    'smtp://ada:se/cret@smtp.example.com': /%2F for \//,
    'smtp://ada:se@cret@smtp.example.com': /%40 for @/,
    'smtp://ada:%zz@smtp.example.com': /write %25/,
    'smtp://:secret@smtp.example.com': /has a password and no user/,
    'smtp://smtp.example.com:0': /1 to 65535/,
    'smtp://smtp.example.com:70000': /1 to 65535/,
    'smtp://smtp.example.com?tls=on': /tls=required, tls=offered or tls=off/,
    'smtp://smtp.example.com?tls=off&tls=required': /tls=required, tls=offered or tls=off/,
    'smtp://smtp.example.com?ssl=off': /there is only tls/,
    'smtps://smtp.example.com?tls=off': /takes no tls=/,
    'smtp://smtp.example.com\r\nx': /must be smtp:/,
  };
  for (const [url, says] of Object.entries(wrong)) {
    test(`must not be ${JSON.stringify(url)}, and the fault repeats no secret`, () => {
      assert.throws(
        () => parseSmtpUrl(url),
        (error: unknown) => {
          assert.ok(error instanceof SettingError);
          assert.match(error.message, says);
          assert.doesNotMatch(error.message, /cret|zz/);
          return true;
        },
      );
    });
  }
});
