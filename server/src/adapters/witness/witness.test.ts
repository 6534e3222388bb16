import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { createTestFolder } from '../../../test/support/folder.ts';
import { boundWitness } from './bounded-witness.ts';
import { createFileWitness } from './file-witness.ts';
import { openWitnesses } from './open-witnesses.ts';
import { createWebWitness } from './web-witness.ts';

const told = (size: number) => ({ size, line: JSON.stringify({ size, checkpoint: 'x'.repeat(400) }) });

describe('a witness that is a file', () => {
  test('keeps one line for each checkpoint, for its owner alone, and no checkpoint twice in a row', async () => {
    using folder = createTestFolder();
    const path = folder.file('data/witness');
    const [one, other] = [createFileWitness(path), createFileWitness(path)];
    for (let size = 1; size <= 30; size += 1) {
      await one.tell(told(size));
      await other.tell(told(size));
    }
    const lines = readFileSync(path, 'utf8').split('\n');
    assert.deepEqual(
      lines.filter((line) => line !== '').map((line) => JSON.parse(line).size),
      Array.from({ length: 30 }, (_, place) => place + 1),
    );
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  });

  test('goes on behind a line that was torn, and in a new file when the old one is moved away', async () => {
    using folder = createTestFolder();
    const path = folder.file('witness');
    const witness = createFileWitness(path);
    await witness.tell(told(1));
    appendFileSync(path, '{"size":2,"che');
    await witness.tell(told(3));
    assert.deepEqual(readFileSync(path, 'utf8').split('\n'), [told(1).line, '{"size":2,"che', told(3).line, '']);
    renameSync(path, folder.file('old'));
    await witness.tell(told(3));
    assert.equal(readFileSync(path, 'utf8'), `${told(3).line}\n`);
  });

  test('says so when it cannot', async () => {
    using folder = createTestFolder();
    mkdirSync(folder.file('witness'));
    await assert.rejects(createFileWitness(folder.file('witness')).tell(told(1)), { code: 'EISDIR' });
    writeFileSync(folder.file('file'), '');
    await assert.rejects(createFileWitness(folder.file('file/witness')).tell(told(1)));
  });
});

describe('a witness on the web', () => {
  const serve = async (answer: (request: IncomingMessage, body: string) => number) => {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => response.writeHead(answer(request, body), { location: '/elsewhere' }).end('thanks'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/secret-path`,
      [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
    };
  };

  test('is posted the line as JSON; any 2xx says that it is kept', async () => {
    const seen: unknown[] = [];
    await using web = await serve((request, body) => {
      seen.push([request.method, request.url, request.headers['content-type'], body]);
      return 204;
    });
    await createWebWitness(web.url).tell(told(7));
    assert.deepEqual(seen, [['POST', '/secret-path', 'application/json', told(7).line]]);
  });

  test('that answers otherwise, redirects, or is not there has not kept it; and its path stands in no message', async () => {
    for (const status of [200, 301, 307, 400, 500]) {
      await using web = await serve(() => status);
      const telling = createWebWitness(web.url).tell(told(1));
      if (status === 200) await telling;
      else {
        await assert.rejects(telling, (error: Error) => {
          assert.match(error.message, status >= 400 ? new RegExp(`^status ${status}$`) : /^the request failed$/);
          return !error.message.includes('secret-path');
        });
      }
    }
    await assert.rejects(createWebWitness('http://127.0.0.1:2/secret-path').tell(told(1)), { message: 'ECONNREFUSED' });
  });
});

describe('a witness that does not answer', () => {
  const silent = () => {
    const answers: (() => void)[] = [];
    const tell = () => new Promise<void>((resolve) => answers.push(resolve));
    return { answers, witness: boundWitness({ name: 'pipe', tell }, 20) };
  };

  test('is waited for so long and no longer, and told nothing more until it has answered', async () => {
    const { answers, witness } = silent();
    await assert.rejects(witness.tell(told(1)), { message: 'no answer in time' });
    await assert.rejects(witness.tell(told(2)), { message: 'it has not answered the last time' });
    assert.equal(answers.length, 1, 'nothing piles up before it');
    answers[0]?.();
    await new Promise(setImmediate);
    const telling = witness.tell(told(3));
    answers[1]?.();
    await telling;
    assert.equal(witness.name, 'pipe');
  });

  test('is heard at once when it fails', async () => {
    const failing = boundWitness({ name: 'disk', tell: () => Promise.reject(new Error('EIO')) }, 600_000);
    await assert.rejects(failing.tell(told(1)), { message: 'EIO' });
    await assert.rejects(failing.tell(told(2)), { message: 'EIO' }, 'and asked again');
  });

  test('a pipe that nobody reads: the command that tells it ends all the same', async () => {
    const tells = new URL('./open-witnesses.ts', import.meta.url).href;
    const program = `import { openWitnesses } from ${JSON.stringify(tells)};
      const [witness] = openWitnesses([{ kind: 'stdout' }]);
      const line = 'x'.repeat(8_000_000);
      await witness.tell({ size: 1, line }).catch((error) => process.stderr.write(error.message));
      process.exit();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.stdout.pause();
    await once(child, 'exit');
    assert.match(Buffer.concat(said).toString(), /no answer in time/);
  });
});

test('witnesses are named so that no secret stands in the log', () => {
  const places = [
    { kind: 'file', path: '/mnt/witness' },
    { kind: 'stdout' },
    { kind: 'web', url: 'https://w.example/secret?key=1' },
  ] as const;
  const names = openWitnesses(places).map(({ name }) => name);
  assert.deepEqual(names, ['file:/mnt/witness', 'stdout', 'https://w.example']);
});
