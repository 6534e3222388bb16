import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Longer than any mail should be; what is longer is not read. */
const maxBytes = 200 * 1_024;

/** A file of a folder: its path below it, and its content unless it is too long or no file. */
interface FoundFile {
  readonly path: string;
  readonly content: Uint8Array | undefined;
}

/**
 * All files of a folder and of the folders in it, no deeper; names that begin with a dot are those of tools and left out.
 *
 * @param folder none has no files
 */
export function readTemplateFolder(folder: string | undefined): readonly FoundFile[] {
  if (folder === undefined) return [];
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory()
      ? namesIn(path).map((inner) => ({ path: `${name}/${inner}`, content: contentOf(join(path, inner)) }))
      : [{ path: name, content: contentOf(path) }];
  });
}

const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();

function contentOf(path: string): Uint8Array | undefined {
  const found = statSync(path);
  return found.isFile() && found.size <= maxBytes ? readFileSync(path) : undefined;
}
