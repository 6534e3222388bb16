import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../kernel/random.ts';
import { Secret } from '../kernel/secret.ts';

const keyBytes = 48;

/** The key of a development server: made once, kept in the data directory, readable by its owner alone. */
export function ownSecretKey(dataDir: string, random: Random): { key: Secret; path: string; made: boolean } {
  const path = join(dataDir, 'secret-key');
  const made = !exists(path) && writeOnce(path, dataDir, random);
  return { key: new Secret(readFileSync(path, 'utf8').trim()), path, made };
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Written whole beside its place and then linked there, so that of two servers that start at once both read the same key. */
function writeOnce(path: string, dataDir: string, random: Random): boolean {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // By chance and not by process id: in containers that share the folder every server may be process 1.
  const draft = `${path}.${random.bytes(8).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${random.bytes(keyBytes).toString('base64')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}
