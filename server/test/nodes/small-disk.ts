import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that is soon full. */
export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Leaves no byte of room. */
  fill(): void;
  makeRoom(): void;
}

/** Mounts a small disk in memory, for which one must be root; or says why there is none. */
export function mountSmallDisk(megabytes: number): SmallDisk | { readonly missing: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return { missing: 'only root can mount the small disk that is to run full' };
  const path = mkdtempSync(join(tmpdir(), 'keyward-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  if (status !== 0) {
    rmdirSync(path);
    return { missing: `a small disk could not be mounted: ${String(stderr).trim()}` };
  }
  chmodSync(path, 0o755);
  const filler = join(path, 'filler');
  const unmount = () => {
    // Lazily: whoever still has a file open there keeps it no longer than he lives.
    spawnSync('umount', ['--lazy', path]);
    rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', unmount);
  return {
    path,
    fill: () => writeUntilFull(filler),
    makeRoom: () => rmSync(filler, { force: true }),
    [Symbol.dispose]: () => {
      process.off('exit', unmount);
      unmount();
    },
  };
}

function writeUntilFull(file: string): void {
  const descriptor = openSync(file, 'a');
  try {
    for (const size of [1_048_576, 4_096]) {
      const block = Buffer.alloc(size);
      while (writesWhole(descriptor, block));
    }
  } finally {
    closeSync(descriptor);
  }
}

function writesWhole(descriptor: number, block: Buffer): boolean {
  try {
    return writeSync(descriptor, block) === block.length;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') return false;
    throw error;
  }
}
