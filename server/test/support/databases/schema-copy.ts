import mysql, { type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { parseDatabaseUrl } from '../../../src/config/database-url.ts';
import { connect } from '../../../src/db/connect.ts';
import { migrate } from '../../../src/db/migrate.ts';

/**
 * Makes databases that have our tables already. Some hundred tests want one each, and taking every migration again costs more than most
 * of them; that the migrations themselves work, others test.
 */
export interface SchemaCopier {
  /** @param name of a database that is not there yet */
  make(name: string): Promise<void>;
}

/** @param server the URL of a user who may create databases @param model the name of the database to be copied; made here */
export const createSchemaCopier = (server: string, model: string): SchemaCopier =>
  server.startsWith('postgres') ? copyOnPostgres(server, model) : copyOnMysql(server, model);

/** The URL of another database of the same server. */
export const databaseUrl = (server: string, name: string): string =>
  Object.assign(new URL(server), { pathname: `/${name}` }).href;

async function migrated(server: string, name: string): Promise<void> {
  const db = await connect(parseDatabaseUrl(databaseUrl(server, name)), { poolSize: 5 });
  await migrate(db, 0).finally(() => db.close());
}

function copyOnPostgres(server: string, model: string): SchemaCopier {
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const makeModel = async (): Promise<void> => {
    await run(`create database ${model}`);
    await migrated(server, model);
  };
  let ready: Promise<void> | undefined;
  return {
    async make(name) {
      ready ??= makeModel();
      await ready;
      await run(`create database ${name} template ${model}`);
    },
  };
}

function copyOnMysql(server: string, model: string): SchemaCopier {
  const run = async <T>(work: (connection: mysql.Connection) => Promise<T>): Promise<T> => {
    const connection = await mysql.createConnection({ uri: server, multipleStatements: true });
    return work(connection).finally(() => connection.end());
  };
  const makeModel = async (): Promise<string> => {
    await run((connection) => connection.query(`create database ${model}`));
    await migrated(server, model);
    return run(async (connection) => {
      await connection.query(`use ${model}`);
      const [tables] = await connection.query<RowDataPacket[]>({ sql: 'show tables', rowsAsArray: true });
      const statements: string[] = [];
      for (const [table] of tables as unknown as string[][]) {
        const [[shown]] = await connection.query<RowDataPacket[]>(`show create table ${table}`);
        statements.push(shown?.['Create Table']);
      }
      const steps = `insert into schema_migrations select * from ${model}.schema_migrations`;
      return ['set foreign_key_checks = 0', ...statements, steps].join(';\n');
    });
  };
  let ready: Promise<string> | undefined;
  return {
    async make(name) {
      ready ??= makeModel();
      const statements = await ready;
      await run((connection) => connection.query(`create database ${name};\nuse ${name};\n${statements}`));
    },
  };
}
