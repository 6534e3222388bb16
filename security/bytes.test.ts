import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covered, firstDifference } from './bytes.ts';

const answer = (date: string, id: string, more = '') =>
  `HTTP/1.1 429 Too Many Requests\r\nretry-after: 30\r\nDate: ${date}\r\n\r\n{"instance":"urn:uuid:${id}"}${more}`;
const ids = ['5f0c2f3e-7d1a-4c9b-8a53-1f6f2d0f9b11', '00000000-0000-4000-8000-000000000000'] as const;
const dates = ['Sun, 22 Nov 2026 22:52:01 GMT', 'Mon, 23 Nov 2026 00:00:00 GMT'] as const;

test('what must differ is covered, and keeps its length', () => {
  const [one, other] = [answer(dates[0], ids[0]), answer(dates[1], ids[1])];
  assert.equal(covered(one), covered(other));
  assert.equal(covered(one).length, one.length);
  assert.equal(covered(one.replace('30', '29')), covered(one));
});

test('everything else is seen: one byte, the case of a header, a wait of another length', () => {
  const one = covered(answer(dates[0], ids[0]));
  const others = [
    answer(dates[0], ids[0], ' '),
    answer(dates[0], ids[0]).replace('Date', 'date'),
    answer(dates[0], ids[0]).replace('30', '120'),
    answer(dates[0], ids[0].slice(1)),
  ];
  for (const other of others) assert.match(firstDifference(one, covered(other)) ?? '', /^they part at byte \d+/);
  assert.equal(firstDifference(one, one), undefined);
});
