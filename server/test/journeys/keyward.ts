import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCli } from '../../src/app/cli/run.ts';
import { serverFolder } from '../laws/sources.ts';
import { createTestFolder } from '../support/folder.ts';

/** The command as it is installed. */
export const entry: string = join(serverFolder, 'bin/keyward.js');

export interface RunOptions {
  /** Settings; nothing of this process's own environment is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on standard input. */
  readonly input?: string;
  /** For Node itself. */
  readonly nodeOptions?: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A server that runs, and what it has said so far. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly said: () => string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** An operator at a terminal, in a folder of their own. */
export interface Operator extends Disposable {
  readonly folder: string;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
}

/** An operator whose every command is a process of its own, as in life. */
export interface ProcessOperator extends Operator {
  /** Starts the server on a free port and waits until it says that it listens. */
  serve(env?: Readonly<Record<string, string>>, args?: readonly string[]): Promise<Served>;
}

export function createProcessOperator(): ProcessOperator {
  const folder = createTestFolder();
  const living = new Set<ChildProcess>();
  const launch = (args: readonly string[], { env = {}, input = '', nodeOptions = [] }: RunOptions) => {
    const child = spawn(process.execPath, [...nodeOptions, entry, ...args], { cwd: folder.path, env: { ...env } });
    living.add(child);
    child.once('exit', () => living.delete(child));
    child.stdin.on('error', () => undefined).end(input);
    const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
    const ended = once(child, 'close').then(
      ([code]): Ended => ({ code: code as number | null, out: out(), err: err() }),
    );
    return { child, out, ended };
  };
  return {
    folder: folder.path,
    run: (args, options = {}) => launch(args, options).ended,
    async serve(env = {}, args = []) {
      const port = await freePort();
      const settings = { LOG_LEVEL: 'silent', PORT: String(port), ...env };
      const { child, out, ended } = launch(['serve', ...args], { env: settings });
      // The whole banner is written at once; both of its forms name the documentation.
      await Promise.race([until(() => out().includes('/docs')), ended.then(failedToStart)]);
      return {
        url: `http://127.0.0.1:${port}`,
        port,
        said: out,
        signal: (name) => void child.kill(name),
        ended,
        async [Symbol.asyncDispose]() {
          child.kill('SIGKILL');
          await ended;
        },
      };
    },
    [Symbol.dispose]() {
      for (const child of living) child.kill('SIGKILL');
      folder[Symbol.dispose]();
    },
  };
}

/** The same without processes, which is ten times as fast: the same commands, on databases of their own. */
export function createOperator(): Operator {
  const folder = createTestFolder();
  return {
    folder: folder.path,
    async run(args, { env = {}, input = '' } = {}) {
      const [out, err]: [string[], string[]] = [[], []];
      const code = await runCli(args, {
        out: (text) => out.push(text),
        err: (text) => err.push(text),
        readStdin: async () => input,
        sources: () => ({
          environment: { DATA_DIR: folder.file('data'), ...env },
          readFile: (path) => readFileSync(path, 'utf8'),
        }),
      });
      return { code, out: out.join(''), err: err.join('') };
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function failedToStart({ out, err }: Ended): never {
  throw new Error(`the server did not start:\n${out}${err}`);
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Waits for what must come to be: a minute at most, since a test that was given up would keep the process from ending. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const patience = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > patience) throw new Error(`waited a minute in vain for: ${holds}`);
    await sleep(10);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Takes a port for itself. */
export async function takePort(): Promise<{ port: number } & AsyncDisposable> {
  const holder = createServer();
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  return {
    port: (holder.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      holder.close();
      await once(holder, 'close');
    },
  };
}

/** A request whose second half is still to come. */
export interface HalfRequest {
  /** Sends the rest; the whole answer. */
  finish(): Promise<string>;
  readonly socket: Socket;
}

/** Begins `POST /login` and stops in the middle of the body, when the server has surely begun to read it. */
export async function beginLogIn({ port }: Served): Promise<HalfRequest> {
  const body = JSON.stringify({ email: 'nobody@example.com', password: 'correct horse battery' });
  const socket = connect(port, '127.0.0.1');
  const answer = textOf(socket);
  await once(socket, 'connect');
  const head = [
    'POST /login HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    // The server answers this when it has taken the request on.
    'Expect: 100-continue',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await until(() => answer().includes('100 Continue'));
  socket.write(body.slice(0, 10));
  return {
    socket,
    async finish() {
      socket.write(body.slice(10));
      await once(socket, 'close');
      return answer().replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
    },
  };
}

/** Whether nobody listens any more. */
export function isClosed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1');
    probe.once('connect', () => resolve(false)).once('error', () => resolve(true));
    probe.once('connect', () => probe.destroy());
  });
}
