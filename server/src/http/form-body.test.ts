import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseForm } from './form-body.ts';
import { malformedForm } from './refusals.ts';
import { testApp } from './test-app.ts';

const parse = (text: string): Record<string, string> => ({ ...parseForm(Buffer.from(text)) });

describe('parseForm', () => {
  test('decodes plus, percent and UTF-8', () => {
    assert.deepEqual(parse('a=1+2&b%20c=%C3%BC%26&d=x=y'), { a: '1 2', 'b c': 'ü&', d: 'x=y' });
  });

  test('treats a parameter without a value as left out (RFC 6749 §3.2)', () => {
    assert.deepEqual(parse('&&a=&b&c=1'), { c: '1' });
  });

  for (const text of ['a=1&a=2', 'a=&a=1', 'a=1&%61=2', 'a&a', '=1&=2']) {
    test(`refuses the repeated name in ${text}`, () => {
      assert.throws(() => parse(text), { refusal: malformedForm, message: 'A parameter stands twice in the form.' });
    });
  }

  for (const text of ['a=%', 'a=%zz', '%c3%28=1', 'a=%ff', 'a=%ed%a0%80']) {
    test(`refuses the broken encoding in ${text}`, () => assert.throws(() => parse(text), { refusal: malformedForm }));
  }

  test('refuses raw bytes that are not UTF-8', () => {
    assert.throws(() => parseForm(Buffer.from([0x61, 0x3d, 0xff])), { refusal: malformedForm });
  });

  test('a parameter called __proto__ is a parameter and changes no prototype', () => {
    const form = parseForm(Buffer.from('__proto__=x&toString=y'));
    assert.equal(Object.getPrototypeOf(form), null);
    assert.deepEqual(Object.entries(form), [
      ['__proto__', 'x'],
      ['toString', 'y'],
    ]);
  });

  test('reads back what URLSearchParams writes', () => {
    const values = fc.dictionary(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
    );
    fc.assert(
      fc.property(values, (record) => {
        assert.deepEqual({ ...parseForm(Buffer.from(new URLSearchParams(record).toString())) }, { ...record });
      }),
    );
  });
});

describe('a JSON route', () => {
  test('refuses a form with 415', async () => {
    await using t = await testApp();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await t.app.inject({ method: 'POST', url: '/echo', headers, payload: 'name=ada' });
    assert.deepEqual([answer.statusCode, answer.json().code], [415, 'unsupported-media-type']);
  });
});
