/**
 * `biome check .`, which fails unless Biome says that it checked: where it dies (its type inference can overflow the stack on one
 * unhappy statement), the program that npm puts before it ends with 0 all the same.
 */
import { spawnSync } from 'node:child_process';

const { status, stdout } = spawnSync('biome', ['check', '.', ...(process.stdout.isTTY ? ['--colors=force'] : [])], {
  stdio: ['inherit', 'pipe', 'inherit'],
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
process.stdout.write(stdout);

const finished = stdout.includes('Checked ');
if (!finished) process.stderr.write('Biome did not finish: nothing is known of the code.\n');
process.exitCode = finished ? (status ?? 1) : 1;
