import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createTestFolder } from '../../test/support/folder.ts';
import { ownSecretKey } from './own-secret-key.ts';
import { systemRandom } from './system-random.ts';

describe('the key that a development server makes for itself', () => {
  test('is made once: 48 random bytes, readable by its owner alone', () => {
    using folder = createTestFolder();
    const dataDir = join(folder.path, 'new', 'data');
    const first = ownSecretKey(dataDir, systemRandom);
    assert.equal(first.made, true);
    assert.equal(first.path, join(dataDir, 'secret-key'));
    assert.equal(Buffer.from(first.key.reveal(), 'base64').length, 48);
    assert.equal(statSync(first.path).mode & 0o777, 0o600);
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(dataDir), ['secret-key'], 'no draft is left');

    const second = ownSecretKey(dataDir, { bytes: () => assert.fail('it must not be made anew') });
    assert.deepEqual([second.made, second.key.reveal()], [false, first.key.reveal()]);
  });

  test('differs from folder to folder', () => {
    using one = createTestFolder();
    using other = createTestFolder();
    assert.notEqual(
      ownSecretKey(one.path, systemRandom).key.reveal(),
      ownSecretKey(other.path, systemRandom).key.reveal(),
    );
  });

  test('is read without the line break of an editor', () => {
    using folder = createTestFolder();
    writeFileSync(folder.file('secret-key'), 'a key that somebody has written down\n\n');
    assert.equal(ownSecretKey(folder.path, systemRandom).key.reveal(), 'a key that somebody has written down');
  });

  test('two servers that start at once: one makes it, both read the same', async () => {
    using folder = createTestFolder();
    const answers = await startTogether(folder.path, 4);
    assert.equal(new Set(answers.map(({ key }) => key)).size, 1);
    assert.equal(answers.filter(({ made }) => made).length, 1);
    assert.equal(answers[0]?.key, readFileSync(folder.file('secret-key'), 'utf8').trim());
    assert.deepEqual(readdirSync(folder.path), ['secret-key']);
  });
});

interface Answer {
  readonly key: string;
  readonly made: boolean;
}

/** Lets threads make the key at the same moment. Each says that it is ready, and all are let go together. */
async function startTogether(dataDir: string, count: number): Promise<Answer[]> {
  const gate = new SharedArrayBuffer(4);
  const program = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { ownSecretKey } from ${JSON.stringify(import.meta.resolve('./own-secret-key.ts'))};
    import { systemRandom } from ${JSON.stringify(import.meta.resolve('./system-random.ts'))};
    parentPort.postMessage('ready');
    Atomics.wait(new Int32Array(workerData.gate), 0, 0);
    const { key, made } = ownSecretKey(workerData.dataDir, systemRandom);
    parentPort.postMessage({ key: key.reveal(), made });
  `;
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const workers = Array.from({ length: count }, () => new Worker(url, { workerData: { gate, dataDir } }));
  await Promise.all(workers.map((worker) => nextMessage(worker)));
  const answers = workers.map((worker) => nextMessage(worker) as Promise<Answer>);
  Atomics.store(new Int32Array(gate), 0, 1);
  Atomics.notify(new Int32Array(gate), 0);
  return Promise.all(answers);
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
