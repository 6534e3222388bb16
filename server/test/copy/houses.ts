import { copiedTables } from '../../src/db/copy/copied-tables.ts';
import { copyDatabase } from '../../src/db/copy/copy-database.ts';
import { pagesOf, type Row } from '../../src/db/copy/pages.ts';
import type { Database } from '../../src/db/database.ts';
import { schemaTables } from '../../src/db/schema.ts';
import { createDatabaseOn, openUrl } from '../support/databases/index.ts';
import { startMariadb } from '../support/databases/mariadb.ts';
import { startMysql } from '../support/databases/mysql.ts';
import { startPostgres } from '../support/databases/postgres.ts';

/** The servers to move to and from. */
export const servers = { PostgreSQL: startPostgres, MariaDB: startMariadb, MySQL: startMysql } as const;

/** A new database on that server. */
export const openOn = async (server: string): Promise<Database> => openUrl(await createDatabaseOn(server), 5);

let moves = 0;

/** Copies, each time as a new move. */
export function move(source: Database, target: Database) {
  moves += 1;
  return copyDatabase({ source, target, id: String(moves).padStart(32, '0'), now: Date.UTC(2026, 0, 2) });
}

/** Every row of every table that moves. */
export async function everything(db: Database): Promise<Record<string, readonly Row[]>> {
  const tables = copiedTables(schemaTables(db.dialect));
  return Object.fromEntries(await Promise.all(tables.map(async (table) => [table.name, await rowsOf(db, table)])));
}

async function rowsOf(db: Database, table: Parameters<typeof pagesOf>[1]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pagesOf(db, table)) rows.push(...page.map((row) => ({ ...row })));
  return rows;
}
