import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  boolean,
  daysAsSeconds,
  host,
  integer,
  list,
  logLevel,
  minutesAsSeconds,
  oneOf,
  origin,
  type Parse,
  port,
  publicUrl,
  quoted,
  secretText,
  text,
  trustProxy,
} from './parsers.ts';
import { SettingError } from './setting.ts';

function refuses(parse: Parse<unknown>, texts: readonly string[], reason: RegExp): void {
  for (const wrong of texts) {
    assert.throws(
      () => parse(wrong),
      (error) => error instanceof SettingError && reason.test(error.message),
      wrong,
    );
  }
}

describe('a whole number', () => {
  const parse = integer({ min: -5, max: 100 });

  test('is decimal digits, with white space around them', () => {
    for (const [written, meant] of [
      ['15', 15],
      [' 15 ', 15],
      ['015', 15],
      ['-5', -5],
      ['100', 100],
      ['-0', 0],
    ] as const) {
      assert.equal(parse(written), meant);
    }
  });

  test('is nothing else', () => {
    const wrong = [
      '',
      ' ',
      '15.5',
      '15.0',
      '1e1',
      '0x10',
      '0b1',
      '+15',
      '1_0',
      '1,0',
      '1 5',
      '--5',
      '५',
      'Infinity',
      'NaN',
    ];
    refuses(parse, wrong, /whole number from -5 to 100/);
  });

  test('stays within its bounds, and within what a number carries exactly', () => {
    refuses(parse, ['-6', '101', '9'.repeat(400)], /from -5 to 100/);
    refuses(integer({ min: 0, max: Number.POSITIVE_INFINITY }), ['9007199254740993'], /whole number/);
  });

  test('any within bounds survives its text', () => {
    fc.assert(fc.property(fc.integer({ min: -5, max: 100 }), (number) => assert.equal(parse(String(number)), number)));
  });

  test('of minutes or days becomes seconds; the bounds and the refusal count in the unit', () => {
    assert.equal(minutesAsSeconds({ min: 1, max: 60 })('15'), 900);
    assert.equal(daysAsSeconds({ min: 1, max: 365 })('30'), 2_592_000);
    refuses(minutesAsSeconds({ min: 1, max: 60 }), ['61', '0', '1.5'], /whole number of minutes from 1 to 60/);
    refuses(daysAsSeconds({ min: 1, max: 365 }), ['400'], /whole number of days from 1 to 365/);
  });

  test('as a port is from 1 to 65535', () => {
    assert.equal(port('65535'), 65_535);
    refuses(port, ['0', '65536', '80/tcp', ':80'], /from 1 to 65535/);
  });
});

describe('words', () => {
  test('a boolean is on or off in four ways of writing', () => {
    for (const word of ['on', 'TRUE', 'Yes', ' 1 ']) assert.equal(boolean(word), true);
    for (const word of ['off', 'False', 'NO', '0']) assert.equal(boolean(word), false);
    refuses(boolean, ['', 'y', 'enabled', '2', 'constructor'], /on or off/);
  });

  test('one of a few is found in any case and returned as declared', () => {
    const parse = oneOf('Lax', 'Strict');
    assert.equal(parse(' strict '), 'Strict');
    refuses(parse, ['', 'none', 'Lax,Strict'], /one of Lax, Strict/);
    assert.equal(logLevel('WARN'), 'warn');
  });

  test('a text is one line without the space around it', () => {
    assert.equal(text('  a b '), 'a b');
    refuses(text, ['', '  ', 'a\nb', 'a\x1b[2J'], /one line/);
  });

  test('a wrong text is repeated escaped and cut, so that it cannot steer a terminal', () => {
    assert.equal(quoted('\x1b[2J'), String.raw`"\u001b[2J"`);
    assert.equal(quoted('x'.repeat(50)), `"${'x'.repeat(40)}…"`);
  });
});

describe('a secret', () => {
  const parse = secretText({ minLength: 8 });

  test('is kept exactly, and counted in code points', () => {
    assert.equal(parse(' päß #1 ').reveal(), ' päß #1 ');
    assert.equal(parse('🔑'.repeat(8)).reveal(), '🔑'.repeat(8));
    refuses(parse, ['🔑'.repeat(7)], /at least 8 characters; it has 7/);
  });

  test('is not repeated when it is refused', () => {
    assert.throws(
      () => parse('hunter2'),
      (error: Error) => !error.message.includes('hunter2'),
    );
  });
});

describe('a list', () => {
  test('is parted by commas; empty places do not count', () => {
    assert.deepEqual(list(text)(' a, b ,,c,'), ['a', 'b', 'c']);
    assert.deepEqual(list(text)(''), []);
  });

  test('says which entry is wrong', () => {
    refuses(list(port), ['80,x'], /^\(entry 2\) must be a whole number/);
  });
});

describe('a host to listen on', () => {
  test('is an address or a name', () => {
    for (const name of ['127.0.0.1', '0.0.0.0', '::1', '::', 'my_host.local', 'h']) assert.equal(host(name), name);
    for (const name of ['localhost', 'LOCALHOST', ' localhost ']) assert.equal(host(name), '127.0.0.1');
  });

  test('is no URL, and has no port or brackets', () => {
    refuses(host, ['http://localhost', 'localhost:80', '[::1]', '*', 'a b', '-a', '127.0.0.1/8'], /host name alone/);
  });
});

describe('an origin', () => {
  test('is normalised as browsers send it', () => {
    for (const [written, meant] of [
      ['https://app.example.com', 'https://app.example.com'],
      ['https://App.Example.com:443/', 'https://app.example.com'],
      ['http://localhost:3000', 'http://localhost:3000'],
      ['http://[::1]:80', 'http://[::1]'],
      ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ] as const) {
      assert.equal(origin(written), meant);
    }
  });

  test('has no path, query, fragment, credentials or pattern', () => {
    refuses(origin, ['https://a.example/app', 'https://a.example//'], /no path/);
    refuses(origin, ['https://a.example?x', 'https://a.example/?', 'https://a.example/#'], /query/);
    refuses(origin, ['https://u:p@a.example', 'https://u@a.example'], /user name or a password/);
    refuses(origin, ['https://*.example.com', 'https://a\\b', 'https://a b'], /spaces, backslashes or \*/);
    refuses(origin, ['https://a:99999', 'https://[x]', 'https://%'], /no valid URL/);
  });

  test('is http or https', () => {
    const wrong = [
      '',
      '*',
      'null',
      'a.example',
      '//a.example',
      'ftp://a.example',
      'https:a.example',
      'https://',
      'javascript:1',
    ];
    refuses(origin, wrong, /begin with http/);
  });
});

describe('a public URL', () => {
  test('may have a path, and loses the slash at the end', () => {
    assert.equal(publicUrl(' https://A.example/ '), 'https://a.example');
    assert.equal(publicUrl('https://a.example/auth/'), 'https://a.example/auth');
    assert.equal(publicUrl('http://localhost:8000'), 'http://localhost:8000');
  });

  test('is refused without repeating what may be a password', () => {
    const wrong = 'https://admin:hunter2@a.example';
    assert.throws(
      () => publicUrl(wrong),
      (error: Error) => !error.message.includes('hunter2'),
    );
    refuses(publicUrl, ['https://a.example/x?y', 'https://a.example/x#y'], /query/);
  });
});

describe('trust in proxies', () => {
  test('is off, a number, or addresses', () => {
    for (const word of ['off', 'OFF', 'false', '0']) assert.deepEqual(trustProxy(word), { kind: 'off' });
    assert.deepEqual(trustProxy(' 2 '), { kind: 'hops', hops: 2 });
    assert.deepEqual(trustProxy('10.0.0.0/8, ::1,FD00::/8'), {
      kind: 'addresses',
      cidrs: ['10.0.0.0/8', '::1', 'fd00::/8'],
    });
  });

  test('cannot be put in everyone', () => {
    refuses(trustProxy, ['on', 'true', '*', 'all'], /lets any client forge its address/);
    refuses(
      trustProxy,
      ['0.0.0.0/0', '::/0', '10.0.0.1,::/00', '::ffff:0:0/96', '::ffff:10.0.0.1/96', '::ffff:0.0.0.0/8'],
      /any client could forge/,
    );
  });

  test('needs well-formed addresses', () => {
    const wrong = [
      '10.0.0',
      '10.0.0.0/33',
      '::1/129',
      '10.0.0.0/-1',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      'proxy.local',
      'fe80::1%eth0',
      '1.5',
      '1,2',
      ',',
    ];
    refuses(trustProxy, wrong, /addresses and ranges such as 10\.0\.0\.0\/8/);
    refuses(trustProxy, ['17', '99999999999999999999'], /at most 16/);
  });
});
