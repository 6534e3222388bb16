import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from './dotenv.ts';
import type { Fault } from './setting.ts';

/** Everything that configuration is read from. */
export interface Sources {
  readonly environment: Environment;
  /** The text of the `.env` file, when there is one. */
  readonly dotenv?: string;
  /** The text of a file that `<VARIABLE>_FILE` names. @throws what the file system throws */
  readFile(path: string): string;
  /** What could not even be read; reported with the rest. */
  readonly faults?: readonly Fault[];
}

/**
 * The real sources: the environment of the process, and `.env` in `directory`. Relative paths in `<VARIABLE>_FILE` count from there.
 * A `.env` that is there but cannot be read is a fault: to go on without it could mean to run a live server in development mode.
 */
export function readSources(directory: string = process.cwd()): Sources {
  const readFile = (path: string) => readFileSync(resolve(directory, path), 'utf8');
  const environment = { ...process.env };
  try {
    return { environment, readFile, dotenv: readFile('.env') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { environment, readFile, faults: code === 'ENOENT' ? [] : [unreadable(code)] };
  }
}

function unreadable(code: string): Fault {
  return {
    variable: '.env',
    problem: `is there but cannot be read (${code}): check that it is a file and its permissions`,
  };
}
