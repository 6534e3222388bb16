import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely';
import type { AnyInsert, Dialect } from '../../dialect.ts';

const alreadyThere = new Set([1050, 1061]); // ER_TABLE_EXISTS_ERROR, ER_DUP_KEYNAME

/** MariaDB 10.6 and MySQL 8. `utf8mb4_bin` compares code points: folding is ours. DDL commits by itself, so a step must bear repetition. */
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
    alreadyThere: (error) => alreadyThere.has((error as { errno?: number }).errno ?? 0),
    unlessPresent: <T extends AnyInsert>(insert: T) => insert.ignore() as T,
    types: {
      generatedId: sql`bigint auto_increment primary key`,
      integer: 'bigint',
      text: (length) => sql`varchar(${sql.lit(length)}) character set utf8mb4 collate utf8mb4_bin`,
      longText: sql`mediumtext character set utf8mb4 collate utf8mb4_bin`,
      tableSuffix: sql`engine = innodb`,
    },
  };
}
