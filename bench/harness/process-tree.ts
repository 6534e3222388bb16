import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all that it has started have used and hold. Linux alone tells (proc(5)). */
export interface Usage {
  /** Milliseconds of all cores since their start, user and system; of ended children too that were waited for. In steps of 10. */
  readonly cpuMs: number;
  /** Resident memory, in MiB. What processes share counts for each: an upper bound. */
  readonly rssMib: number;
}

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** @param pid of the root of the tree; a tree that is gone has used nothing */
export function usageOf(pid: number): Usage {
  const all = processes();
  const tree = [pid];
  for (const parent of tree) tree.push(...all.filter((it) => it.parent === parent).map((it) => it.pid));
  const members = all.filter((it) => tree.includes(it.pid));
  const ticks = members.reduce((sum, it) => sum + it.ticks, 0);
  const kib = members.reduce((sum, it) => sum + rssKib(it.pid), 0);
  return { cpuMs: (ticks * 1_000) / ticksPerSecond, rssMib: kib / 1_024 };
}

function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readOr(`/proc/${name}/stat`);
      // The second field is the program's name in parentheses, which may hold spaces and parentheses.
      const [, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [user = 0, system = 0, waitedUser = 0, waitedSystem = 0] = rest.slice(9, 13).map(Number);
      const ticks = user + system + waitedUser + waitedSystem;
      return stat === '' ? [] : [{ pid: Number(name), parent: Number(parent), ticks }];
    });
}

const rssKib = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0);

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
