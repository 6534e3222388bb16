import type { Compilable, CompiledQuery } from 'kysely';
import type { Database } from '../database.ts';
import type { Dialect } from '../dialect.ts';
import type { TableShape } from '../schema.ts';
import { lastKey, pagesOf, type Row } from './pages.ts';

/**
 * Copies what is still missing of a table. How far an earlier run has come is read from the target itself: pages come in the order of
 * the primary key, each is one transaction, so what is there is a beginning without gaps.
 *
 * @param onRows is told how many rows have come
 */
export async function copyTable(
  source: Database,
  target: Database,
  table: TableShape,
  onRows: (count: number) => void,
): Promise<void> {
  const insert = createBulkInsert(target.dialect, table);
  for await (const rows of pagesOf(source, table, await lastKey(target, table))) {
    await target.transact((tx) => tx.query(insert(rows)), { patience: 'maintenance' });
    onRows(rows.length);
  }
}

/** Inserts many rows with one statement. It is compiled once for each count of rows in a row, since building it costs more than running it. */
export function createBulkInsert(dialect: Dialect, table: TableShape): (rows: readonly Row[]) => Compilable<unknown> {
  let known: { readonly rows: number; readonly compiled: CompiledQuery } | undefined;
  const compiledFor = (count: number): CompiledQuery => {
    if (known?.rows === count) return known.compiled;
    const zeros = Object.fromEntries(table.columns.map((column) => [column, 0]));
    const values = Array.from({ length: count }, () => zeros);
    known = { rows: count, compiled: dialect.builder.insertInto(table.name).values(values).compile() };
    return known.compiled;
  };
  return (rows) => {
    const parameters = rows.flatMap((row) => table.columns.map((column) => row[column]));
    return { compile: () => ({ ...compiledFor(rows.length), parameters }) };
  };
}
