import { existsSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import {
  canRun,
  createServerFolder,
  eventually,
  freePort,
  removeFolder,
  runUnprivileged,
  startProcess,
} from './server-process.ts';

/** A MariaDB of our own, or the one behind `TEST_MARIADB_URL`. */
export interface TestMariadb {
  /** Of a user who may create databases. */
  readonly url: string;
  readonly version: string;
  /** Where it is our own: what one may do to it. `kill` gives it no chance to finish anything; `start` brings it back with its data. */
  readonly own?: { readonly pid: number; readonly kill: () => Promise<void>; readonly start: () => Promise<void> };
  close(): Promise<void>;
}

const findProgram = (names: readonly string[]): string | undefined =>
  ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((program) => existsSync(program));

/** Starts a MariaDB, or says why there is none. */
export async function startMariadb(): Promise<TestMariadb | { readonly missing: string }> {
  const given = process.env.TEST_MARIADB_URL;
  if (given !== undefined && given !== '') return connected(given, async () => {});
  const server = findProgram(['mariadbd', 'mysqld']);
  const install = findProgram(['mariadb-install-db', 'mysql_install_db']);
  if (server === undefined || install === undefined || !canRun(server)) {
    return { missing: 'no mariadbd was found (Debian: mariadb-server-core) and TEST_MARIADB_URL is not set' };
  }
  const folder = createServerFolder('mariadb');
  const data = join(folder, 'data');
  runUnprivileged(install, ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'], folder);
  const port = await freePort();
  const launch = () =>
    startProcess(
      server,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        '--max-connections=300',
        '--innodb-buffer-pool-size=64M',
      ],
      folder,
    );
  const url = `mysql://root@127.0.0.1:${port}/mysql`;
  let running = launch();
  const connection = await connected(url, async () => {
    await running.stop('SIGTERM');
    removeFolder(folder);
  });
  const own = {
    get pid() {
      return running.child.pid ?? 0;
    },
    kill: () => running.stop('SIGKILL'),
    async start() {
      running = launch();
      await connected(url, async () => {});
    },
  };
  return { ...connection, own };
}

async function connected(url: string, close: () => Promise<void>): Promise<TestMariadb> {
  const ask = async (sql: string): Promise<unknown[]> => {
    const connection = await mysql.createConnection(url);
    try {
      const [rows] = await connection.query(sql);
      return rows as unknown[];
    } finally {
      await connection.end();
    }
  };
  const [shown] = (await eventually(30_000, () => ask('select version() as version'))) as { version: string }[];
  return { url, version: shown?.version ?? 'unknown', close };
}
