import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Interval } from './gaps.ts';

/** What the machine did on its own meanwhile. */
export interface Standstill {
  /** When a core did not run the control that is bound to it. */
  readonly gaps: readonly Interval[];
  /** Milliseconds that the host gave to others while somebody wanted to run here: all cores together, in steps of 10 (proc_stat(5)). */
  readonly stealMs: number;
}

/** Watches the machine itself, beside the load and the server. */
export interface Control extends AsyncDisposable {
  /** Since the last look. */
  look(): Promise<Standstill>;
  /** Whether nobody but the host and the kernel can delay it. Else the server's own load may, and it proves nothing. */
  readonly isEvidence: boolean;
  /** How it watches, for the report. */
  readonly manner: string;
}

/** Under SCHED_FIFO (sched(7)) whatever has an ordinary priority, the server and the load included, leaves the core at once. */
const realTime = ['chrt', '--fifo', '1'];

/** One process for each core, before all others; as far as `taskset` and `chrt` (util-linux) are there and we may. */
export function startControl(): Control {
  const pinning = works(['taskset', '--cpu-list', String(ownCores()[0] ?? 0), 'true']);
  const precedence = works([...realTime, 'true']);
  const places = pinning ? ownCores().map((core) => ['taskset', '--cpu-list', String(core)]) : [[]];
  const probes = places.map((place) => startOne([...place, ...(precedence ? realTime : [])]));
  let steal = stealMsOf(readStat());
  return {
    isEvidence: precedence && pinning,
    manner: `${pinning ? 'one on each core' : 'one, on any core (no taskset)'}, ${precedence ? 'real-time' : 'as nice as we may (no chrt --fifo)'}`,
    async look() {
      const gaps = (await Promise.all(probes.map((it) => it.take()))).flat();
      const before = steal;
      steal = stealMsOf(readStat());
      return { gaps, stealMs: steal - before };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(probes.map((it) => it.stop()));
    },
  };
}

const works = ([program = '', ...args]: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

function startOne(before: readonly string[]) {
  const [program = '', ...args] = [...before, process.execPath, join(import.meta.dirname, 'control.ts')];
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    setPriority(child.pid ?? 0, -20);
  } catch {
    // It is as it is, and the report says so.
  }
  const ended = once(child, 'exit');
  const died = ended.then(() => Promise.reject(new Error('the control has died')));
  died.catch(() => {});
  return {
    async take(): Promise<readonly Interval[]> {
      const answer = once(child, 'message');
      child.send('look');
      const [gaps] = await Promise.race([answer, died]);
      return gaps;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** The cores that this process may use. */
function ownCores(): number[] {
  return coresOf(/^Cpus_allowed_list:\s+(\S+)/m.exec(readOr('/proc/self/status'))?.[1] ?? '0');
}

/** @param list as the kernel writes it: `0-2,5` */
export function coresOf(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, place) => first + place);
  });
}

const readStat = () => readOr('/proc/stat');

/** USER_HZ is 100 on every Linux that Node runs on. @param stat as in /proc/stat, whose eighth figure is what the host stole */
export const stealMsOf = (stat: string): number => Number(/^cpu +(?:\d+ ){7}(\d+)/m.exec(stat)?.[1] ?? 0) * 10;

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
