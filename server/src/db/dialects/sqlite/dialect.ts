import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { AnyInsert, Dialect } from '../../dialect.ts';

/**
 * SQLite for Kysely: it compiles, our connections run. The driver is a dummy on purpose, so that no query can pass by the write
 * lane and the group commit.
 */
export function createSqliteDialect(): Dialect {
  return {
    name: 'sqlite',
    builder: new Kysely({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
    returning: true,
    rowLocks: false,
    alreadyThere: () => false,
    unlessPresent: <T extends AnyInsert>(insert: T) => insert.onConflict((conflict) => conflict.doNothing()) as T,
    types: {
      generatedId: sql`integer primary key autoincrement`,
      integer: 'integer',
      text: () => 'text',
      longText: 'text',
      tableSuffix: sql`strict`,
    },
  };
}
