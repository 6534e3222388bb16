import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { html } from './html.ts';

describe('html', () => {
  test('escapes texts and leaves markup alone, in lists too', () => {
    const item = (text: string) => html`<li title="${text}">${text}</li>`;
    const list = html`<ul>${['<b>', `"'&`].map(item)}</ul>`;
    const second = '<li title="&quot;&#39;&amp;">&quot;&#39;&amp;</li>';
    assert.equal(String(list), `<ul><li title="&lt;b&gt;">&lt;b&gt;</li>${second}</ul>`);
  });

  test('writes numbers and drops what is absent', () => {
    assert.equal(String(html`${0}${undefined}${false}${''}`), '0');
  });
});
