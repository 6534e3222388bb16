import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { control, judged, note, type Verdict } from './attack.ts';
import type { FamilyReport } from './suite.ts';
import { countsOf, detailsOf, isClean, tableOf } from './table.ts';

const report = (family: string, ...verdicts: Verdict[]): FamilyReport => ({
  family,
  attacks: [{ attack: { name: 'an attack', wants: 'Something.', source: 'RFC 0' }, verdicts, seconds: 1.5 }],
});

const refused = judged('a thing', undefined);
const fell = judged('another thing', 'answered 200');
const found = control('honest', undefined);
const lost = control('honest', 'answered 401');

describe('the outcome', () => {
  test('is clean only if something was attempted, nothing fell through and every control was found', () => {
    assert.equal(isClean([report('a', refused, found)]), true);
    assert.equal(isClean([report('a', refused), report('b', fell)]), false);
    assert.equal(isClean([report('a', refused, lost)]), false);
    assert.equal(isClean([report('a', found)]), false);
    assert.equal(isClean([]), false);
  });

  test('counts neither controls nor notes as attempts', () => {
    assert.deepEqual(countsOf([refused, fell, found, lost, note('x')]), {
      attempted: 2,
      refused: 1,
      fellThrough: 1,
      controls: 2,
      controlsFound: 1,
    });
  });
});

test('the table has a row for each family and one for all, with the columns below one another', () => {
  const table = tableOf([report('guessing', refused, refused, found), report('a long name of a family', fell)]);
  const lines = table.trimEnd().split('\n');
  assert.equal(lines.length, 5);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  assert.match(table, /^guessing +\| +2 \| +2 \| +0 \| +1 of 1 \| +1\.5$/m);
  assert.match(table, /^all +\| +3 \| +2 \| +1 \| +1 of 1 \| +3\.0$/m);
});

describe('the details', () => {
  test('say what fell through and how, what it was for, and which control is missing', () => {
    const text = detailsOf([report('tokens', refused, fell, lost, note('by the way'))]);
    assert.match(text, /^tokens\/an attack\n {2}wanted: Something\. \(RFC 0\)$/m);
    assert.match(text, /FELL THROUGH: another thing: answered 200/);
    assert.match(text, /CONTROL NOT FOUND: honest: answered 401/);
    assert.match(text, /note: by the way/);
  });

  test('are silent about what was refused', () => assert.equal(detailsOf([report('tokens', refused, found)]), ''));

  test('of a hundred, tell ten and the number of the rest', () => {
    const text = detailsOf([report('tokens', ...Array.from({ length: 100 }, () => fell))]);
    assert.equal(text.match(/FELL THROUGH/g)?.length, 10);
    assert.match(text, /and 90 more/);
  });
});
