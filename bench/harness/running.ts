import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Launch, Request } from './contender.ts';
import { usageOf } from './process-tree.ts';

/** Milliseconds by which an event loop was late since the last look. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A server at work. */
export interface Running {
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to its first answer. */
  readonly startMs: number;
  /** Undefined where it is not Node, or was not asked for. */
  loopDelay(): Promise<LoopDelay | undefined>;
  stop(): Promise<void>;
}

const startPatienceMs = 60_000;
const stopPatienceMs = 15_000;
const loopDelayScript = join(import.meta.dirname, '../storm/loop-delay.ts');

/** What is running now, so that nothing is left behind when the benchmark itself is ended. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/**
 * Starts a server and waits for its first answer.
 *
 * @param first is asked until it is answered with 200
 * @param watched whether to watch the event loop, which costs a little
 * @throws with the end of what it wrote, when it does not come so far
 */
export async function start(
  { port, folder }: { port: number; folder: string },
  launch: Launch,
  first: Request,
  { watched }: { watched: boolean },
): Promise<Running> {
  const delayFile = join(folder, 'loop-delay.json');
  const watching = watched && launch.node;
  const args = watching ? ['--import', loopDelayScript, ...launch.args] : launch.args;
  const log = openSync(join(folder, 'log'), 'w');
  const began = performance.now();
  const child = spawn(launch.program, args, {
    cwd: launch.cwd,
    env: { PATH: process.env.PATH, LOOP_DELAY_FILE: delayFile, ...launch.env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  living.add(child);
  child.once('exit', () => living.delete(child));
  child.once('error', () => living.delete(child));

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
    await ended.finally(() => clearTimeout(killer));
  };

  try {
    await answered(child, port, first, began + startPatienceMs);
  } catch (error) {
    await stop();
    const said = readFileSync(join(folder, 'log'), 'utf8').slice(-2_000);
    throw new Error(`${launch.program} ${launch.args.join(' ')}: ${error}\n${said}`);
  }
  const startMs = performance.now() - began;

  return {
    port,
    pid: child.pid ?? 0,
    startMs,
    async loopDelay() {
      if (!watching) return undefined;
      rmSync(delayFile, { force: true });
      child.kill('SIGUSR2');
      for (let tries = 0; tries < 500; tries += 1) {
        await sleep(10);
        try {
          return JSON.parse(readFileSync(delayFile, 'utf8'));
        } catch {
          // It is not written yet.
        }
      }
      return undefined;
    },
    stop,
  };
}

async function answered(child: ChildProcess, port: number, first: Request, until: number): Promise<void> {
  for (;;) {
    const answer = await ask(port, first).catch(() => undefined);
    if (answer?.status === 200) return;
    if (child.exitCode !== null || child.pid === undefined) throw new Error('it has ended');
    if (performance.now() > until) throw new Error('it does not answer');
    await sleep(2);
  }
}

/** One request on a connection of its own. @returns also the head as it came, for whoever wants the same bytes */
export function ask(
  port: number,
  { method, path, headers, body }: Request,
): Promise<Answer & { rawHeaders: string[]; text: string }> {
  const filled = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, value.replace('{ip}', '10.255.0.1')]),
  );
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers: filled, agent: false, timeout: 30_000 });
    asking.once('error', reject);
    asking.once('timeout', () => asking.destroy(new Error('no answer within 30 s')));
    asking.once('response', async (response) => {
      const text = (await response.setEncoding('utf8').toArray()).join('');
      const cookies = (response.headers['set-cookie'] ?? []).map((it) => it.split(';')[0] ?? '');
      resolve({ status: response.statusCode ?? 0, text, body: parsed(text), cookies, rawHeaders: response.rawHeaders });
    });
    asking.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const calmMs = 100;
const calmCpuMs = 20;

/** Until a server has done what was left to do: requests that the load no longer waited for. */
export async function settled(pids: readonly number[]): Promise<void> {
  const used = () => pids.reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
  const until = performance.now() + 10_000;
  for (let before = used(); performance.now() < until; ) {
    await sleep(calmMs);
    const now = used();
    if (now - before <= calmCpuMs) return;
    before = now;
  }
}
