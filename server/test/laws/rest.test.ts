import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestFolder } from '../support/folder.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';

const patienceMs = 60_000;

/** What each process took before and after it gave back, once so many have. The log has a line for each. */
async function givenBack(
  server: ServerProcess,
  processes: number,
): Promise<{ pid: number; before: number; after: number }[]> {
  for (let waited = 0; ; waited += 50) {
    const lines = server.said().split('\n');
    const told = lines
      .filter((it) => it.startsWith('{') && it.includes('gave memory back'))
      .map((it) => JSON.parse(it));
    if (told.length >= processes || waited > patienceMs) return told;
    await sleep(50);
  }
}

for (const { args, processes } of [
  { args: [], processes: 1 },
  { args: ['--workers', '2'], processes: 3 },
])
  test(`a server without requests gives memory back: each of ${processes}`, async () => {
    using folder = createTestFolder();
    const env = { LOG_LEVEL: 'debug' };
    await using server = await startServerProcess({ dataDir: folder.path, args, env });
    const told = await givenBack(server, processes);
    assert.equal(new Set(told.map(({ pid }) => pid)).size, processes, server.said());
    for (const { before, after } of told) assert.ok(after < before - 1_048_576, `${before} bytes, then ${after}`);
    const { status } = await fetch(`${server.url}/readyz`);
    assert.equal(status, 200);
  });
