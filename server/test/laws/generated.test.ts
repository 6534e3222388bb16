import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { generatedFiles, problemsFolder } from '../../scripts/generated-files.ts';
import { serverFolder } from './sources.ts';

const root = join(serverFolder, '..');
const advice = 'run `npm run generate` and commit what it writes';

/** The generated files that are not what the code says now. */
function staleFiles(files: ReadonlyMap<string, string>, committed: (path: string) => string | undefined): string[] {
  return [...files].filter(([path, text]) => committed(path) !== text).map(([path]) => path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
}

describe('what is generated is what the code says', async () => {
  const files = await generatedFiles();

  test('server/openapi.json, .env.example and the pages of problems are fresh', () => {
    const stale = staleFiles(files, read);
    assert.equal(stale.length, 0, `${stale.join(', ')}: ${advice}`);
  });

  test('no page is left of a problem that there is no more', () => {
    const left = readdirSync(join(root, problemsFolder)).filter((name) => !files.has(`${problemsFolder}/${name}`));
    assert.equal(left.length, 0, `${left.join(', ')}: ${advice}`);
  });

  test('making them twice gives the same', async () => assert.deepEqual(await generatedFiles(), files));

  test('a file that is missing or changed is found', () => {
    const committed = (path: string) => {
      if (path === '.env.example') return undefined;
      return path === 'server/openapi.json' ? `${files.get(path)} ` : files.get(path);
    };
    assert.deepEqual(staleFiles(files, committed), ['server/openapi.json', '.env.example']);
  });
});
