import { readStdin } from './app/cli/read-stdin.ts';
import { runCli } from './app/cli/run.ts';
import { readSources } from './config/sources.ts';

/** Runs one command of the CLI; `serve` is one of them. @param args without the program's name */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await runCli(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    sources: readSources,
    readStdin: (prompt) => readStdin(process.stdin, prompt, (text) => process.stderr.write(text)),
  });
}
