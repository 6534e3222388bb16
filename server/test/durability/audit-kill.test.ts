import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../journeys/keyward.ts';
import { createClient } from '../support/client.ts';
import { createTestFolder } from '../support/folder.ts';
import { runCommand, startServerProcess } from '../support/process.ts';
import { createSeeded } from '../support/seeded.ts';
import { type Entry, keepJournal } from './journal.ts';

const rounds = 4;
const clients = 6;

interface Verified {
  readonly ok: boolean;
  readonly findings: readonly object[];
  readonly size: number;
  readonly pending: number;
  readonly witnessed: number;
}

test('kill -9 while events are recorded and sealed leaves a whole record; the witness catches up', async (t) => {
  using folder = createTestFolder();
  const random = createSeeded(7);
  const options = { dataDir: folder.path, env: { REFRESH_GRACE_SECONDS: '300' } };
  const verify = async (): Promise<Verified> => {
    const { code, out, err } = await runCommand(['audit', 'verify', '--json'], options);
    assert.equal(code, 0, `${out}${err}`);
    return JSON.parse(out);
  };
  const witnessed = () => readFileSync(folder.file('audit-witness'), 'utf8').trimEnd().split('\n');
  const seen = { answers: 0, sealed: 0, pending: 0 };

  for (let round = 0; round < rounds; round += 1) {
    const entries: Entry[] = [];
    await using doomed = await startServerProcess(options);
    const call = createClient(doomed.url);
    const working = Promise.all(
      Array.from({ length: clients }, (_, number) =>
        keepJournal(call, { entries, answered: () => (seen.answers += 1) }, `client-${round}-${number}`, random),
      ),
    );
    // Rows are sealed every second: somewhere in the second or third.
    await new Promise((resolve) => setTimeout(resolve, 1_000 + random.below(1_500)));
    await doomed.kill();
    await working;

    const { findings, size, pending } = await verify();
    assert.deepEqual(findings, []);
    assert.ok(size + pending >= entries.length * 2, 'an account and a session for each');
    seen.sealed = size;
    seen.pending += pending;
  }
  // What the last one has sealed and perhaps not told, and what it left unsealed: the next server sees to both.
  await using server = await startServerProcess(options);
  await until(async () => {
    const { pending, size } = await verify();
    return pending === 0 && witnessed().some((line) => JSON.parse(line).size === size);
  });
  assert.equal(await server.stop(), 0);
  const { findings, witnessed: lines } = await verify();
  assert.deepEqual(findings, []);
  assert.ok(lines >= rounds);
  t.diagnostic(`${rounds} kills, ${seen.answers} answers, ${seen.sealed} rows sealed, ${seen.pending} found unsealed`);
});
