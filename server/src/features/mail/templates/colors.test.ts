import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buttonColors, contrast, isHexColor } from './colors.ts';

test('contrast is that of WCAG', () => {
  assert.equal(contrast('#ffffff', '#000000'), 21);
  assert.equal(contrast('#777777', '#777777'), 1);
  // The grey at the border of what may be read on white (WCAG 2.2 §1.4.3).
  assert.ok(contrast('#767676', '#ffffff') >= 4.5 && contrast('#777777', '#ffffff') < 4.5);
});

test('the text of a button can be read on every colour', () => {
  const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
  fc.assert(fc.property(color, (it) => isHexColor(it) && contrast(it, buttonColors(it).text) >= 4.5));
});

test('a button that its ground would swallow has an edge', () => {
  assert.equal(buttonColors('#1f5fbf').edge, '#1f5fbf');
  for (const faint of ['#ffffff', '#ffffe0', '#000000', '#1a2028']) assert.equal(buttonColors(faint).edge, '#7d8794');
});
