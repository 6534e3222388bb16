import type { Found } from './mode.ts';
import { SettingError } from './setting.ts';
import type { Sources } from './sources.ts';

/**
 * Finds the text of a variable and where it stands, or `undefined` when it is nowhere set.
 *
 * @throws SettingError when `<VARIABLE>_FILE` names a file that cannot be read or is empty
 */
export type Find = (wanted: { readonly variable: string; readonly secret?: boolean }) => Found | undefined;

/** Looks in the order of priority: environment, the file of a secret, `.env`. */
export function createFinder({ environment, readFile }: Sources, dotenv: ReadonlyMap<string, string>): Find {
  const outer = (variable: string) => filled(Object.hasOwn(environment, variable) ? environment[variable] : undefined);
  const inDotenv = (variable: string) => filled(dotenv.get(variable));
  return ({ variable, secret = false }) => {
    const given = outer(variable);
    if (given !== undefined) return { text: given, origin: 'environment' };
    const path = secret ? (outer(`${variable}_FILE`) ?? inDotenv(`${variable}_FILE`)) : undefined;
    if (path !== undefined) return { text: secretFrom(path, variable, readFile), origin: 'file' };
    const written = inDotenv(variable);
    return written === undefined ? undefined : { text: written, origin: '.env' };
  };
}

function filled(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

/**
 * One newline at the end is the editor's, not the secret's. An empty file is a mount gone wrong, not a wish for the default.
 * The errors leave out the path: whoever mistakes `_FILE` for the variable itself has put the secret there.
 */
function secretFrom(path: string, variable: string, readFile: Sources['readFile']): string {
  const text = contentOf(path, variable, readFile).replace(/\r?\n$/, '');
  if (text.trim() === '') throw new SettingError(`cannot be read: ${variable}_FILE names an empty file`);
  return text;
}

function contentOf(path: string, variable: string, readFile: Sources['readFile']): string {
  try {
    return readFile(path.trim());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new SettingError(`cannot be read: ${variable}_FILE names a file that cannot be opened (${code})`);
  }
}
