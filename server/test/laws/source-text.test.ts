import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeOf, hasHiddenImport, specifiersIn } from './source-text.ts';
import { readSources } from './sources.ts';

describe('code without its comments and strings', () => {
  const cases: readonly (readonly [text: string, code: string])[] = [
    ["a('b') // c", "a(' ')     "],
    ['a /* b */ c', 'a         c'],
    ["'it\\'s' + \"a\"", '\'     \' + " "'],
    ['`a §{b} c`', '`   {b}  `'],
    ["`§{`'§{a}`}` + 'b'", "` {`  {a}`}` + ' '"],
    ['`§{{ a: 1 }.a}` // b', '` {{ a: 1 }.a}`     '],
    ["/['\"`]/.test(a) && 'b'", "       .test(a) && ' '"],
    ["return /'/u; // a", 'return     ;     '],
    ["a / b / c + '/'", "a / b / c + ' '"],
    ['a = `$`; // b', 'a = ` `;     '],
    ["(a) / 2; 'b'", "(a) / 2; ' '"],
  ];
  for (const [written, code] of cases) {
    // The sign that begins an expression would make the linter think that these texts are meant to be templates.
    const text = written.replaceAll('§', '$');
    test(text, () => assert.equal(codeOf(text), code));
  }

  test('keeps every place where it was', () => {
    for (const { path, text, code } of readSources()) {
      assert.equal(code.length, text.length, path);
      assert.equal(code.split('\n').length, text.split('\n').length, path);
    }
  });
});

describe('what a file imports', () => {
  const cases: readonly (readonly [text: string, specifiers: readonly string[]])[] = [
    ["import a from 'a';", ['a']],
    ["import type { A, B as C } from './a.ts';", ['./a.ts']],
    ["import a, { type B } from 'a';\nimport * as c from 'c';", ['a', 'c']],
    ["import {\n  a, // from 'x'\n  b,\n} from './a.ts';", ['./a.ts']],
    ["import './a.ts';", ['./a.ts']],
    ["export * from 'a';\nexport * as b from 'b';\nexport { c } from 'c';", ['a', 'b', 'c']],
    ["const a = await import('a');", ['a']],
    ["type A = import('./a.ts').A;", ['./a.ts']],
    ["new Worker(new URL('./worker.ts', import.meta.url));", ['./worker.ts']],
    ["import a from '../a.json' with { type: 'json' };", ['../a.json']],
    ["// import a from 'a';\n/* export * from 'b'; */\nconst c = \"import d from 'd'\";", []],
    ["export const a = Array.from('b');\nconst c = { import: 'd' };", []],
  ];
  for (const [text, specifiers] of cases) {
    test(text.replaceAll('\n', ' '), () => assert.deepEqual(specifiersIn(text), specifiers));
  }

  test('a computed import is told apart from a written one', () => {
    assert.equal(hasHiddenImport('await import(name)'), true);
    assert.equal(hasHiddenImport('require(`a`)'), true);
    assert.equal(hasHiddenImport("await import('a')"), false);
  });
});
