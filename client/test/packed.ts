import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const client = join(root, 'client');

/** A folder in which `@keyward/verify` is installed as a user has it: compiled, with nothing of the repository beside it. */
export interface Packed {
  readonly folder: string;
  [Symbol.dispose](): void;
}

/** Compiles the package and installs it, with the frameworks of the examples, which lie in `examples/`. */
export function pack(): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-verify-'));
  const installed = join(folder, 'node_modules', '@keyward', 'verify');
  mkdirSync(installed, { recursive: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(client, 'tsconfig.build.json');
  const { status, stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', project, '--outDir', join(installed, 'dist')],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`it does not compile: ${stdout}`);
  cpSync(join(client, 'package.json'), join(installed, 'package.json'));
  cpSync(join(client, 'examples'), join(folder, 'examples'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.') || name === '@keyward') continue;
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The oldest Node of version 20 or later that is on the PATH, and this one. */
export function nodesAtHand(path: string): readonly string[] {
  const majorOf = (node: string): number =>
    Number(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.match(/^v(\d+)/)?.[1] ?? 0);
  const others = path
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => ({ node: join(folder, 'node'), major: majorOf(join(folder, 'node')) }))
    .filter(({ major }) => major >= 20)
    .sort((one, other) => one.major - other.major);
  const [oldest] = others;
  return oldest === undefined ? [process.execPath] : [oldest.node, process.execPath];
}
