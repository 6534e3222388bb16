import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely';
import { type AnyInsert, barrierMessage, type Dialect, type LastIds, type WriteBarrier } from '../../dialect.ts';

// ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME, ER_TRG_ALREADY_EXISTS, ER_CANT_DROP_FIELD_OR_KEY
const alreadyThere = new Set([1050, 1060, 1061, 1359, 1091]);

/**
 * `utf8mb4_bin` takes no notice of spaces at the end; the collations that do are called differently, and each server passes over the
 * comment that is the other's.
 */
const binary = '/*M!100600 utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */';

/** MariaDB 10.6 and MySQL 8. Text is compared by code points: folding is ours. DDL commits by itself, so a step must bear repetition. */
export function createMysqlDialect(): Dialect {
  return {
    name: 'mysql',
    builder: new Kysely({
      dialect: {
        createAdapter: () => new MysqlAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new MysqlIntrospector(db),
        createQueryCompiler: () => new MysqlQueryCompiler(),
      },
    }),
    returning: false,
    rowLocks: true,
    partialIndexes: false,
    alreadyThere: (error) => alreadyThere.has((error as { errno?: number }).errno ?? 0),
    // Not `INSERT IGNORE`: that would ignore a missing foreign row as well. Setting a column to itself changes no row.
    unlessPresent: <T extends AnyInsert>(insert: T) => {
      const column = insert.toOperationNode().columns?.[0]?.column.name ?? 'id';
      return insert.onDuplicateKeyUpdate({ [column]: sql.ref(column) }) as T;
    },
    // `values()` is deprecated on MySQL, and MariaDB knows nothing else.
    overwriting: <T extends AnyInsert>(insert: T, _key: string, columns: readonly string[]) =>
      insert.onDuplicateKeyUpdate(
        Object.fromEntries(columns.map((column) => [column, sql`values(${sql.ref(column)})`])),
      ) as T,
    types: {
      generatedId: sql`bigint auto_increment primary key`,
      integer: 'bigint',
      text: (length) => sql`varchar(${sql.lit(length)}) character set utf8mb4 collate ${sql.raw(binary)}`,
      longText: sql`mediumtext character set utf8mb4 collate ${sql.raw(binary)}`,
      computedIsStored: false,
      tableSuffix: sql`engine = innodb`,
    },
    writeBarrier,
    lastIds,
  };
}

const writes = ['insert', 'update', 'delete'];

/** A signalled error that nobody handles is ER_SIGNAL_EXCEPTION. */
const signalled = 1644;

/** Triggers here belong to rows, and each is committed by itself: until the last is made, a transaction may go through or fail, but whole. */
const writeBarrier: WriteBarrier = {
  raise: (tables) =>
    tables.flatMap((table) =>
      writes.map(
        (write) =>
          `create trigger keyward_moved_${table}_${write} before ${write} on ${table} for each row signal sqlstate '45000' set message_text = '${barrierMessage}'`,
      ),
    ),
  lift: (tables) =>
    tables.flatMap((table) => writes.map((write) => `drop trigger if exists keyward_moved_${table}_${write}`)),
  refused: (error) => {
    const { errno, sqlMessage } = error as { errno?: number; sqlMessage?: string };
    return errno === signalled && sqlMessage === barrierMessage;
  },
};

/** `information_schema.tables` may be a day old on MySQL 8 (`information_schema_stats_expiry`); the definition of the table never is. */
const lastIds: LastIds = {
  query: (table) => `show create table ${table}`,
  of: (row) => {
    const next = /\) .*\bAUTO_INCREMENT=(\d+)/.exec((row as { 'Create Table': string })['Create Table'])?.[1];
    return next === undefined ? 0 : Number(next) - 1;
  },
  set: (table, id) => [`alter table ${table} auto_increment = ${id + 1}`],
};
