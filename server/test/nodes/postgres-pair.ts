import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  canRun,
  createServerFolder,
  eventually,
  freePort,
  removeFolder,
  runUnprivileged,
  startProcess,
} from '../support/databases/server-process.ts';
import { runSql } from './ground.ts';

/** A PostgreSQL and a standby that has everything which the first one has acknowledged. */
export interface PostgresPair extends AsyncDisposable {
  readonly primary: { readonly port: number; kill(): Promise<void> };
  readonly standby: { readonly port: number; promote(): Promise<void> };
}

const user = 'keyward';

/** The newest of the machine's own: what comes by npm has no `pg_basebackup`. */
function findPrograms(): string | undefined {
  const folders = globSync('/usr/lib/postgresql/*/bin/pg_basebackup').concat('/usr/local/bin/pg_basebackup');
  const version = (path: string) => Number(/\d+/.exec(path)?.[0] ?? 0);
  return folders
    .filter((program) => existsSync(program) && canRun(program))
    .sort((one, other) => version(other) - version(one))
    .map(dirname)[0];
}

/** Starts both, or says why not. */
export async function startPostgresPair(): Promise<PostgresPair | { readonly missing: string }> {
  const bin = findPrograms();
  if (bin === undefined) return { missing: 'no pg_basebackup was found (Debian: postgresql)' };
  const folder = createServerFolder('postgres-pair');
  const started: { stop(signal: NodeJS.Signals): Promise<void> }[] = [];
  const dispose = async () => {
    for (const each of started) await each.stop('SIGQUIT');
    removeFolder(folder);
  };
  const start = async (name: string) => {
    const port = await freePort();
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
    const args = ['-D', join(folder, name), ...settings.flatMap((setting) => ['-c', setting])];
    const server = startProcess(join(bin, 'postgres'), args, folder);
    started.push(server);
    const url = `postgresql://${user}@127.0.0.1:${port}/postgres`;
    await eventually(20_000, () => runSql(url, 'select 1'));
    return { port, url, kill: () => server.stop('SIGQUIT') };
  };
  try {
    const initdb = ['-U', user, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    runUnprivileged(join(bin, 'initdb'), ['-D', join(folder, 'primary'), ...initdb], folder);
    const primary = await start('primary');
    const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', user];
    const backup = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync'];
    runUnprivileged(join(bin, 'pg_basebackup'), ['-D', join(folder, 'standby'), ...from, ...backup], folder);
    const standby = await start('standby');
    // From here on a commit is acknowledged when the standby has it on disk too.
    await runSql(primary.url, "alter system set synchronous_standby_names = '*'");
    await runSql(primary.url, 'select pg_reload_conf()');
    await eventually(20_000, async () => {
      const [row] = await runSql(primary.url, "select 1 from pg_stat_replication where sync_state = 'sync'");
      if (row === undefined) throw new Error('the standby does not follow');
    });
    const promote = () => runSql(standby.url, 'select pg_promote()').then(() => {});
    return { primary, standby: { port: standby.port, promote }, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
