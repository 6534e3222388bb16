import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, tmpdir, totalmem, type } from 'node:os';
import type { Machine } from './results.ts';

/** What kind of machine this is; not which one. */
export const machine = (): Machine => ({
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGib: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release().split(/[^\d.]/)[0]} ${process.arch}`,
  fileSystem: spawnSync('stat', ['-f', '-c', '%T', tmpdir()], { encoding: 'utf8' }).stdout?.trim() || 'unknown',
});

/** Milliseconds of all cores that anybody has used. */
export const busyMs = (): number =>
  cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
