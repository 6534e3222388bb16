import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Database servers refuse to run as root; `nobody` may. */
const nobody = 65_534;
const asRoot = process.getuid?.() === 0;
const unprivileged = asRoot ? { uid: nobody, gid: nobody } : {};

/** A folder that the unprivileged user owns. */
export function createServerFolder(name: string, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `keyward-${name}-`));
  chmodSync(folder, 0o755);
  if (asRoot) chownSync(folder, nobody, nobody);
  return folder;
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** Runs a program to its end as the unprivileged user. @throws Error with what it printed */
export function runUnprivileged(program: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...unprivileged, cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${error ?? ''}${stdout}${stderr}`);
}

/** Where one of these programs is. */
export const findProgram = (names: readonly string[]): string | undefined =>
  ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((program) => existsSync(program));

/** Whether the program can be run at all by that user. */
export const canRun = (program: string): boolean => versionOf(program) !== undefined;

/** What the program says of its version, where that user can run it. */
export function versionOf(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ['--version'], { ...unprivileged, cwd: tmpdir(), encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/** A running server. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Ends it and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function startProcess(program: string, args: readonly string[], cwd: string): ServerProcess {
  const child = spawn(program, args, { ...unprivileged, cwd, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  return {
    child,
    async stop(signal = 'SIGINT') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
      process.off('exit', killWithUs);
    },
  };
}

/** Tries `attempt` until it succeeds. @throws its last error after `milliseconds` */
export async function eventually<T>(milliseconds: number, attempt: () => Promise<T>): Promise<T> {
  const end = performance.now() + milliseconds;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
