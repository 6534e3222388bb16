import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { UsageError } from './command.ts';
import { readStdin } from './read-stdin.ts';

/** A terminal that remembers when it was told to stop showing what is typed. */
function createTerminal() {
  const said: string[] = [];
  const typing = new PassThrough();
  const input = Object.assign(typing, {
    isTTY: true,
    setRawMode: (raw: boolean) => said.push(raw ? '<hidden>' : '<shown>'),
  }) as unknown as NodeJS.ReadStream;
  return { typing, said, read: () => readStdin(input, 'Password: ', (text) => said.push(text)) };
}

describe('a password on standard input', () => {
  test('comes as it is through a pipe, in UTF-8, however it is cut', async () => {
    const pipe = new PassThrough();
    const bytes = Buffer.from('pässwörd\nof two lines\n');
    pipe.write(bytes.subarray(0, 2));
    pipe.end(bytes.subarray(2));
    const said: string[] = [];
    const text = await readStdin(pipe as unknown as NodeJS.ReadStream, 'Password: ', (it) => said.push(it));
    assert.equal(text, 'pässwörd\nof two lines\n');
    assert.deepEqual(said, [], 'nobody is asked');
  });

  test('is asked for at a terminal, and hidden before anybody can type', async () => {
    const terminal = createTerminal();
    const password = terminal.read();
    assert.deepEqual(terminal.said, ['<hidden>', 'Password: ']);
    terminal.typing.write('correct hoss\x7f\x7frse\r');
    assert.equal(await password, 'correct horse');
    assert.deepEqual(terminal.said, ['<hidden>', 'Password: ', '<shown>', '\n'], 'nothing is shown');
  });

  for (const [name, key] of [
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ] as const) {
    test(`is broken off by ${name}`, async () => {
      const terminal = createTerminal();
      const password = terminal.read();
      terminal.typing.write(key);
      await assert.rejects(password, UsageError);
      assert.equal(terminal.said.at(-2), '<shown>');
    });
  }
});
