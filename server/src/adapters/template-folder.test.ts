import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createTestFolder } from '../../test/support/folder.ts';
import { readTemplateFolder } from './template-folder.ts';

test('the files of a folder and of its folders are found, no deeper, and nothing of tools', () => {
  using folder = createTestFolder();
  mkdirSync(folder.file('en/deep'), { recursive: true });
  mkdirSync(folder.file('..data'));
  for (const name of ['en/a.txt', 'en/deep/b.txt', '..data/c.txt', 'd.md', '.hidden'])
    writeFileSync(folder.file(name), name);
  writeFileSync(folder.file('en/long.txt'), Buffer.alloc(200 * 1_024 + 1));
  // As Kubernetes shows a file of a ConfigMap.
  symlinkSync(folder.file('..data/c.txt'), folder.file('en/c.txt'));
  const found = readTemplateFolder(folder.path).map(({ path, content }) => [path, content && String(content)]);
  assert.deepEqual(found, [
    ['d.md', 'd.md'],
    ['en/a.txt', 'en/a.txt'],
    ['en/c.txt', '..data/c.txt'],
    ['en/deep', undefined],
    ['en/long.txt', undefined],
  ]);
});

test('no folder has no files, and one that is not there is a fault', () => {
  assert.deepEqual(readTemplateFolder(undefined), []);
  using folder = createTestFolder();
  assert.throws(() => readTemplateFolder(folder.file('missing')), { code: 'ENOENT' });
});
