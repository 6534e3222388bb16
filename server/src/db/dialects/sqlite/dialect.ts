import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import { type AnyInsert, barrierMessage, type Dialect, type LastIds, type WriteBarrier } from '../../dialect.ts';
import { overwriting } from '../overwriting.ts';

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
    partialIndexes: true,
    alreadyThere: () => false,
    overwriting,
    unlessPresent: <T extends AnyInsert>(insert: T) => insert.onConflict((conflict) => conflict.doNothing()) as T,
    types: {
      generatedId: sql`integer primary key autoincrement`,
      integer: 'integer',
      text: () => 'text',
      longText: 'text',
      computedIsStored: false,
      tableSuffix: sql`strict`,
    },
    writeBarrier,
    lastIds,
  };
}

const writes = ['insert', 'update', 'delete'];

const writeBarrier: WriteBarrier = {
  raise: (tables) =>
    tables.flatMap((table) =>
      writes.map(
        (write) =>
          `create trigger if not exists keyward_moved_${table}_${write} before ${write} on ${table} begin select raise(abort, '${barrierMessage}'); end`,
      ),
    ),
  lift: (tables) =>
    tables.flatMap((table) => writes.map((write) => `drop trigger if exists keyward_moved_${table}_${write}`)),
  refused: (error) => error instanceof Error && error.message === barrierMessage,
};

/** `sqlite_sequence` may be written like any table (sqlite.org/autoinc.html); it has no row before the first insert. */
const lastIds: LastIds = {
  query: (table) => `select seq from sqlite_sequence where name = '${table}'`,
  of: (row) => (row as { seq: number } | undefined)?.seq ?? 0,
  set: (table, id) => [
    `insert into sqlite_sequence (name, seq) select '${table}', 0 where not exists (select 1 from sqlite_sequence where name = '${table}')`,
    `update sqlite_sequence set seq = max(seq, ${id}) where name = '${table}'`,
  ],
};
