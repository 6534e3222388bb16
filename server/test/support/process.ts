import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Keyward as it is installed: `bin/keyward.js` in a process of its own. */
const entry = fileURLToPath(new URL('../../bin/keyward.js', import.meta.url));

export interface ProcessOptions {
  /** Where the database is; also the working directory, so that no `.env` of this checkout is read. */
  readonly dataDir: string;
  /** More settings. Nothing of this process's own environment is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of `serve`. */
  readonly args?: readonly string[];
  /** The port, where it must be a certain one. */
  readonly port?: number;
  /** A program that runs Keyward, with its arguments: a tracer. */
  readonly under?: readonly string[];
  /** What is started in place of `bin/keyward.js`: a composition that is made to be found out. */
  readonly script?: string;
}

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Its banner and its log so far. */
  readonly said: () => string;
  /** SIGTERM to what was started, or to `pid`; its exit code once it is gone. */
  stop(pid?: number): Promise<number | null>;
  /** SIGKILL: it gets no chance to finish anything. */
  kill(): Promise<void>;
}

const startAttempts = 3;

/** The issuer of tokens stays the same from one start to the next, whatever the port. */
export const standingSettings = {
  SECRET_KEY: 'a secret key for tests that is long enough',
  PUBLIC_URL: 'http://localhost:8000',
};

/** What is running now, so that nothing is left behind when the tests themselves are ended. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/**
 * Starts the real server on a free port and waits until `/readyz` says yes. Rate limits are off, the log is silent.
 *
 * @throws with what it wrote on standard error, when it ends before it is ready
 */
export async function startServerProcess(options: ProcessOptions): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(options, options.port ?? (await freePort()));
    } catch (error) {
      // Somebody else may have taken the port between our look and its use.
      if (attempt === startAttempts || !/EADDRINUSE|in use/.test(String(error))) throw error;
    }
  }
}

/** Waits for several that start at once: all of them, or, where one cannot, none. */
export async function allStarted(starting: readonly Promise<ServerProcess>[]): Promise<ServerProcess[]> {
  const started = await Promise.allSettled(starting);
  const failed = started.find(({ status }) => status === 'rejected');
  const running = started.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  if (failed === undefined) return running;
  for (const server of running) await server[Symbol.asyncDispose]();
  throw (failed as PromiseRejectedResult).reason;
}

/** Runs one command of the CLI; @returns its exit code and what it wrote. */
export async function runCommand(args: readonly string[], options: ProcessOptions) {
  const child = launch(args, options);
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  child.stdin?.end();
  const [code] = await once(child, 'close');
  return { code: code as number | null, out: out(), err: err() };
}

async function tryToStart(options: ProcessOptions, port: number): Promise<ServerProcess> {
  // Even a source that is alone is refused what would wait longer than a third of two seconds: on a busy machine the twenty sign-ups at
  // once with which some tests begin. They are about something else; a test of overload asks for less.
  const patience = { PASSWORD_HASH_MAX_WAIT_MS: '30000' };
  const env = { PORT: String(port), LOG_LEVEL: 'silent', RATE_LIMITS: 'off', ...patience, ...options.env };
  const child = launch(['serve', ...(options.args ?? [])], { ...options, env });
  const [said, err] = [collect(child.stdout), collect(child.stderr)];
  const gone = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const end = async (signal: NodeJS.Signals, pid = child.pid) => {
    if (child.exitCode === null && child.signalCode === null && pid !== undefined) process.kill(pid, signal);
    await gone;
  };

  try {
    await Promise.race([
      untilReady(child, url),
      gone.then(() => Promise.reject(new Error(`the server has ended before it was ready:\n${err()}`))),
    ]);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return {
    url,
    pid: child.pid ?? 0,
    said,
    async stop(pid) {
      await end('SIGTERM', pid);
      return child.exitCode;
    },
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGKILL'),
  };
}

function launch(args: readonly string[], { dataDir, env, under = [], script = entry }: ProcessOptions): ChildProcess {
  const [program = process.execPath, ...rest] = [...under, process.execPath, script, ...args];
  const settings = { DATA_DIR: dataDir, ...standingSettings, ...env };
  const child = spawn(program, rest, { cwd: dataDir, env: settings });
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
}

/** First its own word that it listens: on a port that somebody else took first, they would answer. */
async function untilReady(child: ChildProcess, url: string): Promise<void> {
  await new Promise<void>((resolve) => {
    let banner = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      banner += chunk;
      if (banner.includes(url)) resolve();
    });
  });
  const { status } = await fetch(`${url}/readyz`);
  if (status !== 200) throw new Error(`the server is not ready: ${status}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: string[] = [];
  stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}
