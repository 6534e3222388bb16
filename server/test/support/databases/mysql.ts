import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMysql, type TestMysql, useMysql } from './mysql-wire.ts';
import { createServerFolder, findProgram, freePort, runUnprivileged, versionOf } from './server-process.ts';

const notFound =
  'no mysqld was found; .ci/fetch-mysql FOLDER gets one, then set TEST_MYSQL_HOME to that folder (or TEST_MYSQL_URL to a server)';

/** No more than an operator gives: no `SUPER`; and a password, so that logging in without TLS takes the exchange by RSA. */
const account = { user: 'keyward', password: 'a pass phrase' };
const rights = 'select, insert, update, delete, create, alter, drop, index, references, trigger';
const firstWords = `
create user if not exists '${account.user}' identified by '${account.password}';
grant ${rights} on *.* to '${account.user}';
create user if not exists admin;
grant all on *.* to admin with grant option;
`;

/** Starts a MySQL (not MariaDB), or takes the one behind `TEST_MYSQL_URL`, or says why there is none. */
export async function startMysql(): Promise<TestMysql | { readonly missing: string }> {
  const given = process.env.TEST_MYSQL_URL;
  if (given !== undefined && given !== '') return useMysql(given);
  const program = findServer();
  if (typeof program !== 'string') return program;
  const folder = createServerFolder('mysql');
  // Packages compile folders in that are not here.
  const settings = ['--no-defaults', `--datadir=${join(folder, 'data')}`, '--secure-file-priv=NULL'];
  runUnprivileged(program, [...settings, '--initialize-insecure'], folder);
  writeFileSync(join(folder, 'init.sql'), firstWords);
  const port = await freePort();
  const at = `127.0.0.1:${port}/mysql`;
  return runMysql({
    program,
    args: [...settings, ...argumentsOf(folder, port)],
    url: `mysql://${account.user}:${encodeURIComponent(account.password)}@${at}`,
    adminUrl: `mysql://admin@${at}`,
    folder,
  });
}

const argumentsOf = (folder: string, port: number) => [
  `--init-file=${join(folder, 'init.sql')}`,
  `--port=${port}`,
  '--bind-address=127.0.0.1',
  '--mysqlx=OFF',
  `--socket=${join(folder, 'socket')}`,
  `--pid-file=${join(folder, 'pid')}`,
  '--max-connections=300',
  '--innodb-buffer-pool-size=64M',
  '--performance-schema=OFF',
  // As docs/operating.md asks of who copies a database: there is a binary log by default.
  '--log-bin-trust-function-creators=ON',
  // As some hosts and every replicated group have it.
  '--sql-require-primary-key=ON',
  // What is committed outlives a kill of the server, and only a power cut could take it back; the schema is made some hundred times.
  '--innodb-flush-log-at-trx-commit=2',
  '--sync-binlog=0',
  '--skip-innodb-doublewrite',
  '--innodb-flush-method=nosync',
];

function findServer(): string | { readonly missing: string } {
  const home = process.env.TEST_MYSQL_HOME;
  const server = home === undefined || home === '' ? findProgram(['mysqld']) : join(home, 'mysqld');
  const version = server === undefined ? undefined : versionOf(server);
  if (server !== undefined && version !== undefined && !version.includes('MariaDB')) return server;
  const why = join(home ?? '', 'why-not');
  return { missing: home && existsSync(why) ? readFileSync(why, 'utf8').trim() : notFound };
}
