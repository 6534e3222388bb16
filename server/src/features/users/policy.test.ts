import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkNames, foldEmail, foldEmailPrefix, foldUsername, hasAddress, isActive, statusOf } from './policy.ts';

/** What the columns of names and of their keys hold, in code points (db/migrations/0001-users.ts). */
const room = { username: 256, email: 320 };

const email = 'ada@example.com';
const isUsername = (username: string) => checkNames({ username, email }).length === 0;
const isEmail = (address: string) => checkNames({ username: 'ada', email: address }).length === 0;
const codePoints = (text: string) => [...text].length;
const codeOf = (letter: string) => `U+${letter.codePointAt(0)?.toString(16)}`;
const shown = (text: string) => `${JSON.stringify([...text].slice(0, 16).join(''))}, ${codePoints(text)} long`;

const anyText = fc.string({ unit: 'binary', maxLength: 80 });
/** Texts that often are names: with letters that folding changes, signs that it swallows, and what must be refused. */
const sign = fc.constantFrom(...'aZ9 .-_@＠İẞΣςﬁﷺÅǅḆẖＡ１｡．/%"H\u0331\u0301\u0345\u200b\u00ad\u202e\u3164\ud800👩');
const nearlyName = fc.string({ unit: sign, minLength: 1, maxLength: 70 });
const nearlyEmail = fc.tuple(nearlyName, fc.oneof(nearlyName, fc.domain())).map((parts) => parts.join('@'));

const hidden = [
  ...['\u00ad', '\u034f', '\u061c', '\u115f', '\u180e', '\u200b', '\u200d', '\u2060', '\u2800', '\u3164'],
  ...['\ufe0f', '\ufeff', '\uffa0', '\u{e0061}', '\u{e0101}'],
];
const turning = ['\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069'];

test('an address is the user’s in every spelling, and no other is', () => {
  const user = { email: 'Ada@Bücher.example' };
  assert.equal(hasAddress(user, foldEmail('aDA@xn--bcher-kva.example')), true);
  assert.equal(hasAddress(user, foldEmail('ada@bucher.example')), false);
});

describe('folding', () => {
  test('twice is folding once, of any text', () => {
    const folds = (name: string) => {
      assert.equal(foldUsername(foldUsername(name)), foldUsername(name));
      assert.equal(foldEmail(foldEmail(name)), foldEmail(name));
    };
    for (const text of [anyText, nearlyName, nearlyEmail]) fc.assert(fc.property(text, folds));
    folds('H\u0331@example.com');
  });

  const same = [
    ...[
      ['Ada', 'aDA'] as const,
      ['ａｄａ', 'ada'] as const,
      ['ﬁona', 'FIONA'] as const,
      ['zo\u00eb', 'ZOE\u0308'] as const,
    ],
    // A letter whose capital exists only in two pieces: the change of case makes what composing must come after.
    ...[['\u1e96', 'H\u0331'] as const, ['ada\u3000l', 'ADA l'] as const],
  ];
  for (const [one, other] of same)
    test(`${one} and ${other} are one username`, () => assert.equal(foldUsername(one), foldUsername(other)));

  const sameAddress = [
    ['Ada@Example.COM', 'ada@example.com'],
    ['ａｄａ@ｅｘａｍｐｌｅ.com', 'ada@example.com'],
    ['ada@bücher.example', 'ADA@xn--bcher-kva.example'],
    ['ada@BÜCHER。example', 'ada@bu\u0308cher.example'],
    ['\u1e96@example.com', 'H\u0331@example.com'],
  ] as const;
  for (const [one, other] of sameAddress)
    test(`${one} and ${other} are one address`, () => assert.equal(foldEmail(one), foldEmail(other)));

  test('accents, dots and tags tell names apart', () => {
    for (const names of [
      ['zoe', 'zoë', 'zo.e', 'zo e', 'zo-e'],
      ['adal', 'ada l', 'àdal'],
    ])
      assert.equal(new Set(names.map(foldUsername)).size, names.length);
    const addresses = [
      'ada@example.com',
      'a.da@example.com',
      'ada+x@example.com',
      'ada@example.org',
      'àda@example.com',
    ];
    assert.equal(new Set(addresses.map(foldEmail)).size, addresses.length);
  });
});

describe('a username is never taken for an address', () => {
  test('no username that is accepted has an @, before or after folding', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyName, anyText), (name) => {
        if (isUsername(name)) assert.ok(![name, foldUsername(name), foldEmail(name)].some((it) => it.includes('@')));
      }),
    );
  });

  test('no letter of Unicode is accepted that folds into an @, into nothing, or into what is not seen', () => {
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const letter = String.fromCodePoint(code);
      if (!isUsername(`a${letter}a`)) continue;
      const folded = foldUsername(letter);
      assert.ok(folded !== '' && !['@', '＠', ...hidden].some((it) => folded.includes(it)), codeOf(letter));
    }
  });

  test('what has no @ is nobody’s address', () => {
    for (const text of ['ada', 'ＡＤＡ', 'example.com', '', 'ada＠example.com']) assert.equal(foldEmail(text), text);
  });
});

describe('what is accepted has room in its columns', () => {
  const fits = (text: string, fold: (text: string) => string, most: number) =>
    assert.ok(codePoints(text) <= most && codePoints(fold(text)) <= most, shown(text));

  test('as it was typed and folded', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyName, anyText), (name) => {
        if (isUsername(name)) fits(name, foldUsername, room.username);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(nearlyEmail, fc.emailAddress()), (address) => {
        if (isEmail(address)) fits(address, foldEmail, room.email);
      }),
    );
  });

  test('also where it is longest: each letter in four pieces, or growing by the change of case', () => {
    for (const name of ['ᾂ'.normalize('NFD').repeat(64), 'İ'.repeat(64), 'ﷺ'.repeat(3)]) {
      assert.ok(isUsername(name), shown(name));
      fits(name, foldUsername, room.username);
    }
    const longest = `${'İ'.repeat(32)}@${'d'.repeat(63)}.${'e'.repeat(63)}.${'f'.repeat(61)}`;
    assert.ok(isEmail(longest));
    fits(longest, foldEmail, room.email);
  });
});

describe('a username', () => {
  const good = ['a', 'ada', 'Ada Lovelace', 'o’brien', 'x_y-z.1', '李小龙', 'Ольга', 'أحمد', 'नमस्ते', '👩', 'ＡＤＡ'];
  for (const name of [...good, 'a'.repeat(64), '👩'.repeat(64), 'ﬁ'.repeat(32)])
    test(`may be ${shown(name)}`, () => assert.ok(isUsername(name)));

  const spaces = ['', ' ', ' ada', 'ada ', 'a  b', '\u3000ada', 'ada\u00a0', 'a\u2028b'];
  const control = ['a\tb', 'a\nb', 'a\0b', 'a\u007fb', 'a\u0085b', 'a\ud800b', 'a\ue000b'];
  const addresses = ['ada@example.com', '@', 'a＠b', 'a﹫b'];
  const long = ['a'.repeat(65), '👩'.repeat(65), 'ﬁ'.repeat(33), 'ﷺ'.repeat(4)];
  for (const name of [...spaces, ...control, ...addresses, ...long])
    test(`must not be ${shown(name)}`, () => assert.ok(!isUsername(name)));

  for (const letter of [...hidden, ...turning]) {
    test(`cannot look like another’s by ${codeOf(letter)}`, () => {
      for (const name of [`ad${letter}a`, `${letter}ada`, `ada${letter}`, letter]) assert.ok(!isUsername(name));
    });
  }
});

describe('an address', () => {
  const domain = (length: number) =>
    `${'d'.repeat(63)}.${'e'.repeat(63)}.${'f'.repeat(63)}.${'g'.repeat(length - 192)}`;
  const good = [
    ...['a@b.co', 'Ada.Lovelace+tag@example.com', "o'brien@example.com", '!#$%&*/=?^_`{|}~-@example.com'],
    ...['ada@bücher.example', 'ada@xn--bcher-kva.example', 'ada@例え.テスト', 'ada@example。com', 'ADA@EXAMPLE.COM'],
    ...['иван@пример.рф', '用户@例子.广告', 'ada@1password.com', 'ada@a-b.c-d.example', 'ada@localhost'],
    ...[`${'l'.repeat(64)}@example.com`, `a@${domain(252)}`, `ada@${'d'.repeat(63)}.example`],
  ];
  for (const address of good) test(`may be ${shown(address)}`, () => assert.ok(isEmail(address)));

  const shapes = ['', '@', 'ada', 'ada@', '@example.com', 'a@b@example.com', 'ada@example.com ', ' ada@example.com'];
  const locals = [
    '.ada',
    'ada.',
    'a..da',
    '"ada"',
    '"a b"',
    'a b',
    'a(c)',
    'a,b',
    'a;b',
    '<ada>',
    'a\\b',
    'a\0',
    'a\nb',
  ];
  const domains = [
    ...[
      'example..com',
      '.example.com',
      'example.com.',
      '-a.com',
      'a-.com',
      'a_b.com',
      'a b.com',
      'a\n.com',
      'a\r\n.com',
      'a\t.com',
      '"a".com',
    ],
    ...['[127.0.0.1]', '[IPv6:::1]', 'xn--.com', 'xn--a-ß.com', 'a<b>.com', '\ud800.com', `${'d'.repeat(64)}.com`],
  ];
  // `domainToASCII` reads the host of a URL: each of these it would cut, decode, or take for a number.
  const urls = [
    ...['example.com/x', 'example.com?x', 'example.com#x', 'example.com:25', 'example.com\\x', 'ex%61mple.com'],
    ...['evil.example/.example.com', 'example.com／x', 'ex％61mple.com', '127.0.0.1', '127.1', '2130706433', '0x7f.1'],
  ];
  const long = [`${'l'.repeat(65)}@example.com`, `${'é'.repeat(33)}@example.com`, `a@${domain(253)}`];
  for (const address of [
    ...[...shapes, ...long],
    ...locals.map((local) => `${local}@example.com`),
    ...[...domains, ...urls].map((it) => `ada@${it}`),
  ]) {
    test(`must not be ${shown(address)}`, () => assert.ok(!isEmail(address)));
  }

  for (const letter of [...hidden, ...turning]) {
    test(`cannot look like another’s by ${codeOf(letter)}`, () => {
      for (const address of [`ad${letter}a@example.com`, `ada@exam${letter}ple.com`, `ada@example.com${letter}`])
        assert.ok(!isEmail(address));
    });
  }
});

test('each wrong name gets a fault of its own, at its field', () => {
  const pointers = (names: { username: string; email: string }) => checkNames(names).map(({ pointer }) => pointer);
  assert.deepEqual(pointers({ username: '', email: '' }), ['/username', '/email']);
  assert.deepEqual(pointers({ username: 'ada', email: 'ada' }), ['/email']);
  assert.deepEqual(pointers({ username: 'a@b', email }), ['/username']);
  assert.deepEqual(pointers({ username: 'ada', email }), []);
});

describe('the beginning of an address', () => {
  test('folds to the beginning of the folded address', () => {
    const address = 'User.Ü+1@Mail.Example.COM';
    for (let length = 1; length <= address.length; length += 1) {
      const prefix = foldEmailPrefix(address.slice(0, length));
      assert.ok(foldEmail(address).startsWith(prefix), prefix);
    }
  });

  test('of a number or a hyphen behind the @ is taken as it is, and not as a host', () => {
    for (const text of ['a@1', 'a@0x7f', 'a@my-', 'a@123.', 'a@']) assert.equal(foldEmailPrefix(text), text);
  });

  test('with a whole domain in another alphabet is the address', () => {
    assert.equal(foldEmailPrefix('a@MÜNCHEN.example'), foldEmail('a@münchen.example'));
  });
});

describe('the status of a user', () => {
  const active = { deletedAt: undefined, disabledAt: undefined, disabledUntil: undefined };

  test('changes in the very millisecond in which a disability ends', () => {
    const user = { ...active, disabledAt: 1_000, disabledUntil: 2_000 };
    assert.deepEqual(
      [statusOf(user, 1_999), statusOf(user, 2_000), statusOf(user, 2_001)],
      ['disabled', 'active', 'active'],
    );
    assert.deepEqual([isActive(user, 1_999), isActive(user, 2_000)], [false, true]);
  });

  test('is disabled without end where there is none, and deleted whatever else there is', () => {
    assert.equal(statusOf({ ...active, disabledAt: 1_000 }, Number.MAX_SAFE_INTEGER), 'disabled');
    assert.equal(statusOf({ deletedAt: 1_000, disabledAt: 1_000, disabledUntil: 9_000 }, 2_000), 'deleted');
    assert.equal(statusOf(active, 0), 'active');
  });

  test('of nobody is not active', () => assert.equal(isActive(undefined, 0), false));
});
