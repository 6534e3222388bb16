import type { OwnProcess } from './idle-memory.ts';

/** This process as Node tells of it. */
export function createOwnProcess(): OwnProcess {
  let seen = spent();
  return {
    busy() {
      const [before, now] = [seen, spent()];
      seen = now;
      return (now.cpuMs - before.cpuMs) / (now.atMs - before.atMs);
    },
    heap() {
      const { heapTotal, heapUsed, external } = process.memoryUsage();
      return { taken: heapTotal + external, used: heapUsed };
    },
    collect,
  };
}

/** CPU of the main thread, which says more of its work than how long the event loop took on a machine that others use as well. */
function spent(): { readonly cpuMs: number; readonly atMs: number } {
  const { user, system } = process.threadCpuUsage();
  return { cpuMs: (user + system) / 1_000, atMs: performance.now() };
}

/**
 * V8's `LowMemoryNotification`: a full collection that also shrinks the young space and drops code which has not run for long. The inspector
 * is the documented way to it (chromedevtools.github.io/devtools-protocol, HeapProfiler.collectGarbage); within the process it opens
 * no port. `--expose-gc` could only be had by a flag, and V8 hashes its flags: code would be cached under another name.
 */
async function collect(): Promise<void> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  try {
    await new Promise<void>((resolve, reject) => {
      session.post('HeapProfiler.collectGarbage', (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    session.disconnect();
  }
}
