import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { eventually, removeFolder, startProcess } from './server-process.ts';

/** A MariaDB or MySQL for tests. */
export interface TestMysql {
  /** Of a user who may create databases. */
  readonly url: string;
  readonly version: string;
  /** Where it is our own: what one may do to it. */
  readonly own?: OwnMysql;
  close(): Promise<void>;
}

export interface OwnMysql {
  readonly pid: number;
  /** Of the user who may do everything. */
  readonly adminUrl: string;
  readonly data: string;
  /** Gives it no chance to finish anything. */
  kill(): Promise<void>;
  /** Brings it back with its data. */
  start(): Promise<void>;
}

/** A server whose data folder is ready. */
interface Installed {
  readonly program: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly adminUrl: string;
  /** Removed with the server; the data is in `data` there. */
  readonly folder: string;
}

/** A server that somebody else runs. */
export async function useMysql(url: string): Promise<TestMysql> {
  return { url, version: await versionOf(url), async close() {} };
}

/** Starts a server and waits until it answers. */
export async function runMysql({ program, args, url, adminUrl, folder }: Installed): Promise<TestMysql> {
  const launch = () => startProcess(program, args, folder);
  let running = launch();
  const close = async () => {
    await running.stop('SIGTERM');
    removeFolder(folder);
  };
  const version = await versionOf(url).catch(async (error) => {
    await close();
    throw error;
  });
  const own = {
    adminUrl,
    data: join(folder, 'data'),
    get pid() {
      return running.child.pid ?? 0;
    },
    kill: () => running.stop('SIGKILL'),
    async start() {
      running = launch();
      await versionOf(url);
    },
  };
  return { url, version, own, close };
}

async function versionOf(url: string): Promise<string> {
  const [shown] = (await eventually(30_000, () => ask(url, 'select version() as version'))) as { version: string }[];
  return shown?.version ?? 'unknown';
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows as unknown[];
  } finally {
    await connection.end();
  }
}
