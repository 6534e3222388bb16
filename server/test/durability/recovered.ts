import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from '../../src/db/database.ts';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { createTestFolder } from '../support/folder.ts';
import { rawQuery } from '../support/ledger.ts';

/**
 * Starts again after a power cut: opens a database over these files, and lets `body` look.
 *
 * @param files their contents by name; `keyward.db` is the database
 * @throws AssertionError when SQLite finds it inconsistent
 */
export async function recovered<T>(
  files: Readonly<Record<string, Buffer>>,
  body: (db: Database) => Promise<T>,
): Promise<T> {
  using folder = createTestFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(folder.file(name)), { recursive: true });
    writeFileSync(folder.file(name), content);
  }
  // Nothing here needs to survive: the syncs are left out.
  const openWal = () => ({ sync: async () => {}, close: async () => {} });
  const db = openSqlite({ path: folder.file('keyward.db'), openWal });
  try {
    const [verdict] = await db.query(rawQuery<{ integrity_check: string }>(db, 'pragma integrity_check'));
    assert.equal(verdict?.integrity_check, 'ok');
    return await body(db);
  } finally {
    await db.close();
  }
}

/** Whether the table exists: its making may have been lost too. */
export async function hasTable(db: Database, name: string): Promise<boolean> {
  const rows = await db.query(rawQuery<{ name: string }>(db, "select name from sqlite_schema where type = 'table'"));
  return rows.some((row) => row.name === name);
}
