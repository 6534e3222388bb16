import { readdir, readFile } from 'node:fs/promises';
import { getPriority, platform, setPriority } from 'node:os';

/**
 * How far the threads that hash step back behind the event loop and everything else on the machine (nice(1)): a third of its share where
 * both want a core. More would let any other program starve the logins.
 */
const stepBy = 5;
const furthest = 19;

/** The name that libuv gives to the threads of its pool, from 1.50 on. */
const poolThread = 'libuv-worker';

/** Linux alone has a priority for each thread; elsewhere the same call would be about the whole process. */
const hasThreadPriorities = platform() === 'linux';

/**
 * Lets the event loop go before password hashes. They take every core there is, for milliseconds at a time; what only wants to answer
 * `GET /user` or to refuse would wait for them, and so would a database on the same machine.
 *
 * Once is enough: libuv starts all threads of its pool at its first work, which is here, and no later. Where the system has no priorities
 * for threads or does not let us, nothing happens.
 */
export async function letHashingThreadsYield(): Promise<void> {
  if (!hasThreadPriorities) return;
  const threads = await readdir('/proc/self/task').catch(() => []);
  for (const thread of threads) {
    const name = await readFile(`/proc/self/task/${thread}/comm`, 'utf8').catch(() => '');
    if (name.trim() === poolThread) stepBack(Number(thread));
  }
}

/** The same for the thread that calls it. */
export function letThisThreadYield(): void {
  if (hasThreadPriorities) stepBack(0);
}

function stepBack(thread: number): void {
  try {
    // The process's own is that of its first thread.
    setPriority(thread, Math.min(furthest, getPriority(process.pid) + stepBy));
  } catch {
    // It is gone, or may not.
  }
}
