import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './command.ts';

/**
 * Everything on standard input. At a terminal it is one line, asked for by `prompt` and not shown while it is typed.
 *
 * @param say writes to whoever sits at the terminal, and not to where the output of the command goes
 * @throws UsageError when the line is broken off (Ctrl-C, Ctrl-D)
 */
export function readStdin(input: NodeJS.ReadStream, prompt: string, say: (text: string) => void): Promise<string> {
  return input.isTTY === true ? typedLine(input, prompt, say) : wholeText(input);
}

async function wholeText(input: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function typedLine(input: NodeJS.ReadStream, prompt: string, say: (text: string) => void): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  // Only now, when the terminal no longer shows by itself what is typed.
  say(prompt);
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => reject(new UsageError('nothing was entered')));
    });
  } finally {
    lines.close();
    say('\n');
  }
}
