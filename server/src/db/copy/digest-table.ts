import { createHash } from 'node:crypto';
import type { Database } from '../database.ts';
import type { TableShape } from '../schema.ts';
import { pagesOf, type Row } from './pages.ts';

/** What a table holds, in short: equal on two databases exactly when they hold the same rows. */
export interface TableDigest {
  readonly rows: number;
  /** SHA-256 over the rows in the order of their keys, each as a JSON array of its columns and a line break, in hexadecimal. */
  readonly sha256: string;
}

export async function digestTable(db: Database, table: TableShape): Promise<TableDigest> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const page of pagesOf(db, table)) {
    hash.update(page.map((row) => canonical(table, row)).join(''));
    rows += page.length;
  }
  return { rows, sha256: hash.digest('hex') };
}

const canonical = ({ columns }: TableShape, row: Row): string =>
  `${JSON.stringify(columns.map((column) => row[column]))}\n`;
