import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { route } from './route.ts';
import { Type } from './schema.ts';
import { testApp } from './test-app.ts';
import { AnyText, PathId, PlainText } from './text.ts';

const body = Type.Object({ plain: PlainText({ max: 4 }), any: AnyText({ min: 2, max: 4 }) });
const textRoute = route({
  method: 'POST',
  url: '/text',
  operationId: 'text',
  summary: 'text',
  tags: [],
  access: { kind: 'public', why: 'a test' },
  limit: { kind: 'none', why: 'a test' },
  body,
  replies: { 200: { schema: body, description: 'The same.' } },
  refusals: [],
  handler: async (request) => request.body,
});

async function errorsOf(payload: object): Promise<unknown> {
  await using t = await testApp({ routes: [textRoute] });
  const answer = await t.app.inject({ method: 'POST', url: '/text', payload });
  return answer.statusCode === 200 ? 'accepted' : answer.json().errors;
}

describe('PlainText and AnyText', () => {
  test('count code points, not UTF-16 units', async () => {
    assert.equal(await errorsOf({ plain: '😀😀😀😀', any: 'ok' }), 'accepted');
    assert.deepEqual(await errorsOf({ plain: '😀😀😀😀😀', any: 'ok' }), [
      { pointer: '/plain', detail: 'Must have at most 4 characters.' },
    ]);
  });

  for (const char of ['\u0000', '\n', '\r', '\t', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e', '\u2066']) {
    test(`plain text refuses U+${char.charCodeAt(0).toString(16).padStart(4, '0')}`, async () => {
      const detail = 'Must be plain text on one line, without control characters.';
      assert.deepEqual(await errorsOf({ plain: `a${char}`, any: 'ok' }), [{ pointer: '/plain', detail }]);
    });
  }

  test('any text refuses NUL and nothing else', async () => {
    assert.equal(await errorsOf({ plain: 'a', any: '\n\u202e' }), 'accepted');
    assert.deepEqual(await errorsOf({ plain: 'a', any: 'a\u0000' }), [
      { pointer: '/any', detail: 'Must not hold the character NUL.' },
    ]);
  });
});

describe('PathId', () => {
  const pattern = new RegExp((PathId() as { pattern?: string }).pattern ?? '');

  test('takes what a number carries exactly, in one writing', () => {
    for (const id of ['1', '42', '9'.repeat(15)]) assert.equal(String(Number(pattern.exec(id)?.[0])), id);
  });

  test('refuses everything else', () => {
    for (const id of ['', '0', '01', '+1', '-1', '1.0', '1e1', '0x1', ' 1', '1\n', '١', '1'.repeat(16)])
      assert.doesNotMatch(id, pattern);
  });
});
