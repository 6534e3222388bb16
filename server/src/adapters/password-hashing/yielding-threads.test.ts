import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { platform } from 'node:os';
import { test } from 'node:test';

/** In a process of its own, so that the other tests hash as before: the name and niceness of each of its threads. */
const script = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { getPriority } from 'node:os';
  import { letHashingThreadsYield } from './yielding-threads.ts';
  import { roundsThread } from './rounds-thread.ts';
  await letHashingThreadsYield();
  await roundsThread.run({ algorithm: 'phpass', password: Buffer.from('a'), salt: Buffer.from('saltsalt'), rounds: 1 });
  const threads = readdirSync('/proc/self/task').map((id) => [
    id === String(process.pid) ? 'main' : readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim(),
    getPriority(Number(id)),
  ]);
  console.log(JSON.stringify(threads));
`;

test('the threads that hash step back, all of them, and the event loop does not', (t) => {
  if (platform() !== 'linux') return t.skip('NOT RUN: only Linux has priorities for threads');
  const args = ['--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(stderr, '');
  const threads: [name: string, niceness: number][] = JSON.parse(stdout);
  const nicenessOf = (wanted: string) => threads.filter(([name]) => name === wanted).map(([, niceness]) => niceness);
  const [own = Number.NaN] = nicenessOf('main');
  const behind = Math.min(19, own + 5);
  assert.ok(nicenessOf('libuv-worker').length >= 4, stdout);
  assert.deepEqual(new Set(nicenessOf('libuv-worker')), new Set([behind]));
  const others = threads.filter(([name, niceness]) => name !== 'libuv-worker' && niceness === behind);
  assert.equal(others.length, 1, 'the one for many rounds');
});
