import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Control, Standstill } from './control-process.ts';
import type { House, LoopDelay } from './house.ts';
import type { Order, Outcome, Setting } from './load.ts';

/** What a load has measured, and what else was seen meanwhile. */
export interface Watched extends Outcome {
  readonly loop: LoopDelay;
  readonly standstill: Standstill;
  /** Milliseconds that the server's main thread ran, and that it wanted to and had to wait for a core; undefined where nobody tells. */
  readonly mainThread: { readonly ranMs: number; readonly waitedMs: number } | undefined;
  /** How many cores were busy with what. */
  readonly cores: {
    readonly server: number;
    readonly load: number /** Other programs, and the database's server. */;
    readonly others: number;
  };
}

/** The load, in a process of its own: were it in this one, or in the server's, it would wait for what it measures. */
export interface Load extends AsyncDisposable {
  run(order: Order): Promise<Watched>;
  /** Whether it goes before the server where both want a core; else its own waiting is in the times. Only root may do this. */
  readonly hasPrecedence: boolean;
}

export function startLoad(house: House, control: Control, sources: number): Load {
  const child = fork(join(import.meta.dirname, 'load.ts'), { stdio: 'inherit' });
  const died = once(child, 'exit').then(() => Promise.reject(new Error('the load has died')));
  died.catch(() => {});
  const { port, emails, password } = house;
  child.send({ port, emails, password, sources } satisfies Setting);

  const order = async (it: Order): Promise<Outcome> => {
    const answer = Promise.race([once(child, 'message'), died]);
    child.send(it);
    const [outcome] = await answer;
    return outcome;
  };

  return {
    hasPrecedence: precede(child.pid ?? 0),
    async run(it) {
      await control.look();
      const [before, busy, own, began] = [await house.look(), busyMs(), ownMs(), performance.now()];
      const threadBefore = scheduled(house.pid);
      const outcome = await order(it);
      const [loop, milliseconds] = [await house.look(), performance.now() - began];
      const [standstill, thread] = [await control.look(), scheduled(house.pid)];
      const [server, mine] = [loop.cpuMs - before.cpuMs, outcome.cpuMs + ownMs() - own];
      const others = Math.max(0, busyMs() - busy - server - mine);
      return {
        ...outcome,
        loop,
        standstill,
        mainThread: thread && {
          ranMs: thread.ranMs - (threadBefore?.ranMs ?? 0),
          waitedMs: thread.waitedMs - (threadBefore?.waitedMs ?? 0),
        },
        cores: { server: server / milliseconds, load: mine / milliseconds, others: others / milliseconds },
      };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function precede(pid: number): boolean {
  try {
    setPriority(pid, -20);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds of all cores that anybody has used. */
const busyMs = () => cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);

function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** Since a process's main thread was started: how long it ran, and waited on a core's queue (sched-stats.rst); not what the host took. */
function scheduled(pid: number): { ranMs: number; waitedMs: number } | undefined {
  try {
    const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ').map(Number);
    return { ranMs: ran / 1e6, waitedMs: waited / 1e6 };
  } catch {
    return undefined;
  }
}
