import { sql } from 'kysely';
import type { AnyInsert } from '../dialect.ts';

/** `Dialect.overwriting` in the words that SQLite and PostgreSQL share. */
export const overwriting = <T extends AnyInsert>(insert: T, key: string, columns: readonly string[]): T =>
  insert.onConflict((conflict) =>
    conflict
      .column(key)
      .doUpdateSet(Object.fromEntries(columns.map((column) => [column, sql.ref(`excluded.${column}`)]))),
  ) as T;
