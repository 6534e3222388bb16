import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkPassword, normalisePassword } from './policy.ts';

const limits = { minLength: 8, maxLength: 256 };
const names = { username: 'Alice', email: 'alice.liddell@example.com' };
const check = (password: string) => checkPassword(password, limits, names);

const tooShort = 'Use at least 8 characters.';
const tooLong = 'Use at most 256 characters.';
const common = 'This is one of the commonest passwords. Choose one that is harder to guess.';
const own = 'This is your own name or e-mail address, or little more. Choose one that is harder to guess.';

describe('the length of a password', () => {
  test('counts code points, not bytes and not halves of a pair', () => {
    assert.deepEqual(check('\u{1f511}\u{1f512}'.repeat(3)), [tooShort]);
    assert.deepEqual(check('\u{1f511}\u{1f512}'.repeat(4)), []);
    assert.deepEqual(check('\u{1f511}\u{1f512}'.repeat(128)), []);
    assert.deepEqual(check(`${'\u{1f511}\u{1f512}'.repeat(128)}x`), [tooLong]);
  });

  test('counts after NFKC: composed letters once, ligatures by their letters', () => {
    assert.deepEqual(check('e\u0301a\u0301o\u0301i\u0301'), [tooShort]);
    assert.deepEqual(check('\ufb03\ufb03k'), [tooShort]);
    assert.deepEqual(check('\ufb03\ufb03ke'), []);
  });

  test('follows the limits given', () => {
    const strict = { minLength: 15, maxLength: 64 };
    assert.deepEqual(checkPassword('fourteen signs', strict, names), ['Use at least 15 characters.']);
    assert.deepEqual(checkPassword('fifteen signs !', strict, names), []);
    assert.deepEqual(checkPassword('kestrel '.repeat(8), strict, names), []);
    assert.deepEqual(checkPassword(`${'kestrel '.repeat(8)}.`, strict, names), ['Use at most 64 characters.']);
  });
});

test('no composition rules: letters alone, digits alone, spaces and any script are good', () => {
  for (const password of [
    'lowercase kestrel',
    'KESTRELAMBER',
    '8361940275',
    '  a b c  d ',
    'пустельга янтарь',
    '赤い鷹が空を飛ぶ',
  ])
    assert.deepEqual(check(password), [], password);
});

test('common passwords are refused whatever their case or width', () => {
  for (const password of ['password', 'PassWord', '12345678', 'qwerty123', 'ｐａｓｓｗｏｒｄ', '00000000'])
    assert.deepEqual(check(password), [common], password);
});

test('the own names are refused, ignoring case', () => {
  for (const password of ['alice.liddell', 'ALICE.LIDDELL', 'Alice.Liddell@Example.com', 'ａｌｉｃｅ．ｌｉｄｄｅｌｌ'])
    assert.deepEqual(check(password), [own], password);
  assert.deepEqual(checkPassword('cheshire-cat', limits, { ...names, username: 'Cheshire-Cat' }), [own]);
});

test('an own name between a few digits and signs is refused', () => {
  for (const password of ['alice2024!', '!!!alice', '2024-alice', 'Alice 1234', '1alice.liddell!', 'alice-ALICE'])
    assert.deepEqual(check(password), [own], password);
});

test('an own name among other words is part of a pass phrase', () => {
  for (const password of ['alice in wonderland', 'alicehorse', 'alice 83619402', 'malice41'])
    assert.deepEqual(check(password), [], password);
});

test('a name of one or two letters, or none, forbids nothing', () => {
  assert.deepEqual(checkPassword('al836194', limits, { username: 'al', email: 'a@example.com' }), []);
  assert.deepEqual(checkPassword('8361940', { ...limits, minLength: 7 }, { username: '', email: '' }), []);
});

test('half a character and NUL are refused with a reason', () => {
  assert.deepEqual(check('kestrel \ud83d amber'), [
    'Use characters that are complete: this password holds half of one.',
  ]);
  assert.deepEqual(check('kestrel \0 amber'), ['Leave out the NUL character.']);
});

test('a password with several faults is told all of them', () => {
  assert.deepEqual(check('alice'), [tooShort, own]);
  assert.deepEqual(check('\0'), ['Leave out the NUL character.', tooShort, common]);
});

test('what is typed in two ways is one password', () => {
  assert.equal(normalisePassword('re\u0301sume\u0301'), 'r\u00e9sum\u00e9');
  assert.equal(normalisePassword('\uff4b\uff45\uff59'), 'key');
});

test('any text gets an answer, the same before and after normalising', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, text, text, (password, username, email) => {
      const ownNames = { username, email };
      const reasons = checkPassword(password, limits, ownNames);
      assert.deepEqual(checkPassword(normalisePassword(password), limits, ownNames), reasons);
      for (const reason of reasons) assert.match(reason, /^[A-Z].*\.$/);
    }),
  );
});
