import { runCli } from './app/cli/run.ts';
import { readSources } from './config/sources.ts';

/** Runs one command of the CLI; `serve` is one of them. @param args without the program's name */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await runCli(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    sources: readSources,
    readStdin: typed,
  });
}

/** What somebody types or pipes in. A server never asks. */
async function typed(prompt: string): Promise<string> {
  const { readStdin } = await import('./app/cli/read-stdin.ts');
  return readStdin(process.stdin, prompt, (text) => process.stderr.write(text));
}
