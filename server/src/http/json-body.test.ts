import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseJson } from './json-body.ts';
import { findJsonFault, maxDepth } from './json-scan.ts';
import { malformedJson } from './refusals.ts';
import { testApp } from './test-app.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const detailOf = (body: Buffer): string => {
  try {
    parseJson(body);
  } catch (error) {
    assert.ok(error instanceof Error && 'refusal' in error && error.refusal === malformedJson);
    return error.message;
  }
  return 'accepted';
};
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('parseJson', () => {
  const refused: readonly (readonly [attack: string, text: string, detail: string])[] = [
    ['nothing', '', 'The body is empty where JSON is expected.'],
    ['white space alone', ' \n', 'The text ends too early (line 2, column 1).'],
    ['a byte order mark', '\ufeff{}', 'The body begins with a byte order mark.'],
    ['a text that breaks off', '{"a":[1,', 'The text ends too early (line 1, column 9).'],
    ['a string that breaks off', '{\n "a', 'The text ends inside a string (line 2, column 4).'],
    ['a comma too many', '[1,]', 'A value is expected (line 1, column 4).'],
    ['a comma too many in an object', '{"a":1,}', 'A key in double quotes is expected (line 1, column 8).'],
    ['two values', '{} {}', 'Something follows the end of the value (line 1, column 4).'],
    ['brackets that do not match', '{"a":1]', 'A comma or the closing bracket is expected (line 1, column 7).'],
    ['single quotes', "{'a':1}", 'A key in double quotes is expected (line 1, column 2).'],
    ['no colon', '{"a" 1}', 'A colon is expected (line 1, column 6).'],
    ['NaN', 'NaN', 'A value is expected (line 1, column 1).'],
    ['a number with a leading zero', '[01]', 'A comma or the closing bracket is expected (line 1, column 3).'],
    ['an unknown escape', '"\\x41"', 'An escape in a string is not known (line 1, column 2).'],
    ['a raw line break in a string', '"a\nb"', 'A control character stands inside a string (line 1, column 3).'],
    ['a repeated key', '{"a":1,\n"a":2}', 'A key stands twice in one object (line 2, column 1).'],
    ['a key repeated in disguise', '{"a":1,"\\u0061":2}', 'A key stands twice in one object (line 1, column 8).'],
    ['half a surrogate pair in a value', '["\\ud800"]', 'A string holds half a surrogate pair (line 1, column 2).'],
    ['half a surrogate pair in a key', '{"\\udc00x":1}', 'A string holds half a surrogate pair (line 1, column 2).'],
    ['__proto__', '{"a":{"__proto__":{}}}', 'A key is not allowed (line 1, column 7).'],
    ['__proto__ in disguise', '{"__pr\\u006fto__":1}', 'A key is not allowed (line 1, column 2).'],
    ['constructor.prototype', '{"constructor":{"prototype":{}}}', 'A key is not allowed (line 1, column 17).'],
    ['one level too many', nested(maxDepth + 1), 'Nested deeper than 32 levels (line 1, column 33).'],
    ['ten thousand levels', nested(10_000), 'Nested deeper than 32 levels (line 1, column 33).'],
    [
      'ten thousand levels that are never closed',
      '{"a":'.repeat(10_000),
      'Nested deeper than 32 levels (line 1, column 161).',
    ],
  ];
  for (const [attack, text, detail] of refused) {
    test(`refuses ${attack}`, () => assert.equal(detailOf(bytes(text)), detail));
  }

  test('refuses bytes that are not UTF-8 and says where', () => {
    assert.equal(detailOf(Buffer.from([0x22, 0x61, 0xff, 0x22])), 'The body is not UTF-8 (byte 2).');
    // A surrogate written as bytes, and an overlong slash.
    assert.equal(detailOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), 'The body is not UTF-8 (byte 1).');
    assert.equal(detailOf(Buffer.from([0x22, 0xc0, 0xaf, 0x22])), 'The body is not UTF-8 (byte 1).');
    assert.equal(detailOf(Buffer.concat([bytes('"\ufffd'), Buffer.from([0xff])])), 'The body is not UTF-8 (byte 4).');
  });

  test('takes what is within the limits', () => {
    const good = [
      nested(maxDepth),
      '{"a":{"a":1},"b":[{"a":2}]}',
      '"\\ud83d\\ude00"',
      '{"constructor":1,"prototype":2}',
      '-1.5e+3',
    ];
    for (const text of good) assert.deepEqual(parseJson(bytes(text)), JSON.parse(text));
  });

  test('never repeats what was sent', () => {
    assert.doesNotMatch(detailOf(bytes('{"hunter2":1,"hunter2":1}')), /hunter2/);
    assert.doesNotMatch(detailOf(bytes('{"password":hunter2}')), /hunter2/);
  });

  test('reads whatever JSON can write, and the same as JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6, noUnicodeString: false }),
        fc.integer({ min: 0, max: 3 }),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          if (!text.includes('__proto__') && !/\\u[dD]/.test(text))
            assert.deepEqual(parseJson(bytes(text)), JSON.parse(text));
        },
      ),
    );
  });

  test('never lets through a text that JSON.parse refuses, nor finds fault with the grammar of one that it takes', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '"\\u00',
      '\\',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'nul',
      ' ',
      '\n',
    );
    const ours = /key|surrogate|deeper/;
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const fault = findJsonFault(text);
        if (fault === undefined) JSON.parse(text);
        else if (!ours.test(fault.what) || fault.what.startsWith('A key in')) assert.throws(() => JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a JSON route', () => {
  test('never answers 5xx, whatever the bytes', async () => {
    await using t = await testApp();
    const headers = { 'content-type': 'application/json' };
    const almost = fc.string().map((text) => bytes(`{"name":"${text}"}`));
    const noise = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const value = fc.json().map(bytes);
    await fc.assert(
      fc.asyncProperty(fc.oneof(almost, noise, value), async (payload) => {
        const answer = await t.app.inject({ method: 'POST', url: '/echo', headers, payload });
        assert.ok(answer.statusCode < 500, `${answer.statusCode}`);
        if (answer.statusCode >= 400) assert.equal(answer.json().status, answer.statusCode);
      }),
      { numRuns: 300 },
    );
  });
});
