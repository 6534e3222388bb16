import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commands } from '../../src/app/cli/commands/index.ts';
import { appSections } from '../../src/app/config.ts';
import { modeVariables } from '../../src/config/mode.ts';
import { serverFolder } from './sources.ts';

const root = join(serverFolder, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The variables that the tables of a page explain: those in the first column. */
const explained = (page: string): string[] =>
  [...page.matchAll(/^\| `([A-Z][A-Z0-9_]*)` \|/gm)].map(([, name = '']) => name);

/** The commands that no page shows as they are called: `keyward user create`, or behind `npm run -s keyward --`. */
const unshown = (called: readonly string[], pages: string): string[] =>
  called.filter((words) => !new RegExp(`\\bkeyward (?:-- )?${words}(?![\\w-])`).test(pages));

describe('the settings', () => {
  const settings = Object.values(appSections).flatMap(({ settings }) => Object.values(settings));
  const variables = [...modeVariables, ...settings].map(({ variable }) => variable);

  test('stand in docs/configuration.md, each once, and no other does', () => {
    assert.deepEqual(explained(read('docs/configuration.md')).sort(), variables.sort());
  });

  test('that README.md shows exist', () => {
    const shown = explained(read('README.md'));
    assert.ok(shown.length > 0);
    assert.deepEqual(
      shown.filter((it) => !variables.includes(it)),
      [],
    );
  });

  test('a row of a table is found, and a mention in passing is not', () => {
    assert.deepEqual(explained('| `ONE` | 1 | `TWO` |\n`THREE`\n| Variable | `FOUR` |\n| `F_5` | – | – |'), [
      'ONE',
      'F_5',
    ]);
  });
});

describe('the commands', () => {
  const guides = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const pages = [read('README.md'), ...guides.map((name) => read(`docs/${name}`))].join('\n');

  test('each stand in README.md or a page of docs, as they are called', () => {
    const called = commands.map(({ words }) => words.join(' '));
    assert.deepEqual(unshown(called, pages), [], 'show the command where its reader will look for it');
  });

  test('one that is not shown, or only within another word, is found', () => {
    const page = 'run `keyward user create`, `keyward -- config print` or keyward migrate-all; the user list is long';
    assert.deepEqual(unshown(['user create', 'config print', 'migrate', 'user list'], page), ['migrate', 'user list']);
  });
});
