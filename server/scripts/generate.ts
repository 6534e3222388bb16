/** Writes the committed files that are made from the code: `npm run generate`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles, problemsFolder } from './generated-files.ts';

const root = join(import.meta.dirname, '../..');
const files = await generatedFiles();

for (const [path, text] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const stale = readdirSync(join(root, problemsFolder)).filter((name) => !files.has(`${problemsFolder}/${name}`));
for (const name of stale) rmSync(join(root, problemsFolder, name));

process.stdout.write(`wrote ${files.size} files, removed ${stale.length}\n`);
