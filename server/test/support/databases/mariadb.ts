import { join } from 'node:path';
import { runMysql, type TestMysql, useMysql } from './mysql-wire.ts';
import { canRun, createServerFolder, findProgram, freePort, runUnprivileged } from './server-process.ts';

/** Starts a MariaDB, or takes the one behind `TEST_MARIADB_URL`, or says why there is none. */
export async function startMariadb(): Promise<TestMysql | { readonly missing: string }> {
  const given = process.env.TEST_MARIADB_URL;
  if (given !== undefined && given !== '') return useMysql(given);
  const server = findProgram(['mariadbd', 'mysqld']);
  const install = findProgram(['mariadb-install-db', 'mysql_install_db']);
  if (server === undefined || install === undefined || !canRun(server)) {
    return { missing: 'no mariadbd was found (Debian: mariadb-server-core) and TEST_MARIADB_URL is not set' };
  }
  const folder = createServerFolder('mariadb');
  const data = join(folder, 'data');
  runUnprivileged(install, ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'], folder);
  const port = await freePort();
  const url = `mysql://root@127.0.0.1:${port}/mysql`;
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    '--max-connections=300',
    '--innodb-buffer-pool-size=64M',
    // As for MySQL (mysql.ts).
    '--innodb-flush-log-at-trx-commit=2',
    '--skip-innodb-doublewrite',
    '--debug-no-sync=ON',
  ];
  return runMysql({ program: server, args, url, adminUrl: url, folder });
}
