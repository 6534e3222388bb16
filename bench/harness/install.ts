import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Prepared } from './contender.ts';

/** What is installed for a benchmark and is no package of its folder. Git does not see it. */
export const cache = join(import.meta.dirname, '../../data/bench/cache');

const limitMs = 300_000;

/** The packages of a folder's lockfile, into that folder. @param shown whose versions are reported */
export async function installPackages(folder: string, shown: readonly string[]): Promise<Prepared> {
  const lock = join(folder, 'package-lock.json');
  const stamp = join(folder, 'node_modules/.installed');
  const wanted = digestOf(lock);
  if (!isStamped(stamp, wanted)) {
    const options = ['--ignore-scripts', '--no-workspaces', '--no-audit', '--no-fund'];
    const missing = failureOf('npm ci', run('npm', ['ci', ...options], folder));
    if (missing !== undefined) return { missing };
    writeFileSync(stamp, wanted);
  }
  const { packages } = JSON.parse(readFileSync(lock, 'utf8'));
  return { versions: Object.fromEntries(shown.map((name) => [name, packages[`node_modules/${name}`].version])) };
}

/** The interpreter of the environment that `installPython` makes for a folder. */
export const pythonOf = (folder: string): string => join(environmentOf(folder), 'bin/python');

const environmentOf = (folder: string): string =>
  join(cache, `python-${digestOf(join(folder, 'requirements.txt')).slice(0, 12)}`);

/** The newest that every pinned package has a wheel for comes first. */
const pythons = ['python3.13', 'python3.12', 'python3.11', 'python3', 'python3.10'];

/** A virtual environment with a folder's `requirements.txt`. @param shown whose versions are reported */
export async function installPython(folder: string, shown: readonly string[]): Promise<Prepared> {
  const environment = environmentOf(folder);
  const stamp = join(environment, '.installed');
  if (!isStamped(stamp, digestOf(join(folder, 'requirements.txt')))) {
    const missing = makeEnvironment(folder, environment);
    if (missing !== undefined) return { missing };
    writeFileSync(stamp, digestOf(join(folder, 'requirements.txt')));
  }
  const pins = readFileSync(join(folder, 'requirements.txt'), 'utf8').split('\n');
  const versions = pins.map((line) => line.split('==')).filter(([name]) => shown.includes(name ?? ''));
  const python = run(pythonOf(folder), ['--version'], folder).stdout.trim().replace('Python ', '');
  return { versions: { python, ...Object.fromEntries(versions) } };
}

function makeEnvironment(folder: string, environment: string): string | undefined {
  const python = pythons.find(
    (it) => run(it, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], folder).status === 0,
  );
  if (python === undefined) return 'no Python from 3.10 on was found';
  mkdirSync(cache, { recursive: true });
  rmSync(environment, { recursive: true, force: true });
  const made = run(python, ['-m', 'venv', environment], folder);
  // Debian parts venv from Python: package python3-venv.
  if (made.status !== 0) return failureOf('python -m venv', made);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  return failureOf('pip install', run(join(environment, 'bin/python'), [...pip, '-r', 'requirements.txt'], folder));
}

function run(program: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(program, args, { cwd, encoding: 'utf8', timeout: limitMs, stdio: ['ignore', 'pipe', 'pipe'] });
}

function failureOf(what: string, { status, stdout, stderr, error }: SpawnSyncReturns<string>): string | undefined {
  if (status === 0) return undefined;
  const said = (error?.message ?? `${stderr}${stdout}`).trim().split('\n').slice(-3).join(' ');
  return `${what} failed: ${said}`;
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

const isStamped = (stamp: string, wanted: string): boolean =>
  existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
