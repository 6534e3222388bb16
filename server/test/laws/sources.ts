import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { codeOf, hasHiddenImport, specifiersIn } from './source-text.ts';

/** A file of the server, as the laws see it. */
export interface Source {
  /** From `server/src/`: `features/users/store.ts`. */
  readonly path: string;
  readonly text: string;
  /** Without comments and the insides of strings. */
  readonly code: string;
  /** Files of ours as paths from `server/src/`, packages by their names. */
  readonly imports: readonly string[];
  readonly hidesImports: boolean;
}

export const serverFolder: string = join(import.meta.dirname, '../..');

/** Every TypeScript file of `server/src`, with the tests. */
export function readSources(): Source[] {
  const folder = join(serverFolder, 'src');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const files = paths.filter((path) => path.endsWith('.ts')).sort();
  return files.map((path) => sourceOf(path, readFileSync(join(folder, path), 'utf8')));
}

/** A source made of text: also how the laws are shown files that break them. */
export function sourceOf(path: string, text: string): Source {
  const imports = specifiersIn(text).map((specifier) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
  );
  return { path, text, code: codeOf(text), imports, hidesImports: hasHiddenImport(text) };
}

/** What runs only in tests: it may import and do anything, and nothing else may import it. */
export function isForTests(path: string): boolean {
  return /\.(?:test|contract)\.ts$|(?:^|\/)test-[^/]*\.ts$/.test(path);
}
