/**
 * Loaded into the server before its own code (`--import`): how late its event loop is, and what it takes of the cores. At `SIGUSR2` it
 * writes what it has seen since the last one into the file that `LOOP_DELAY_FILE` names.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const path = process.env.LOOP_DELAY_FILE ?? '';
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();

process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage();
  const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((it) => it / 1e6);
  writeFileSync(`${path}.new`, JSON.stringify({ p50, p99, max, cpuMs: (user + system) / 1e3 }));
  renameSync(`${path}.new`, path);
  delay.reset();
});
