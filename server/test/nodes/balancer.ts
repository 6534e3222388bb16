import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createTestFolder } from '../support/folder.ts';

/** Whether this machine has haproxy. */
export const hasBalancer = (): boolean => spawnSync('haproxy', ['-v']).status === 0;

/** Runs haproxy until it is disposed of. */
export function startBalancer(configuration: string): AsyncDisposable {
  const folder = createTestFolder();
  writeFileSync(folder.file('haproxy.cfg'), configuration);
  const balancer = spawn('haproxy', ['-db', '-f', folder.file('haproxy.cfg')], { stdio: 'ignore' });
  const gone = once(balancer, 'exit');
  const killWithUs = () => balancer.kill('SIGKILL');
  process.once('exit', killWithUs);
  return {
    async [Symbol.asyncDispose]() {
      if (balancer.exitCode === null && balancer.signalCode === null) balancer.kill('SIGKILL');
      await gone;
      process.off('exit', killWithUs);
      folder[Symbol.dispose]();
    },
  };
}
