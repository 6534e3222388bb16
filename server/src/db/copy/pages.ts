import type { ExpressionBuilder, ExpressionWrapper } from 'kysely';
import type { Database } from '../database.ts';
import type { TableShape } from '../schema.ts';

/** A row by column: numbers, texts and nulls, the same from every driver. */
export type Row = Readonly<Record<string, unknown>>;
type Key = readonly unknown[];

/** SQLite takes 32,766 parameters in one statement, PostgreSQL 65,535; a page must go into one insert. */
const maxParameters = 30_000;
const maxRows = 2_000;

/** The rows behind the key `after`, in the order of the primary key, page by page: no more than one is in memory. */
export async function* pagesOf(db: Database, table: TableShape, after?: Key): AsyncGenerator<readonly Row[]> {
  const size = Math.min(maxRows, Math.floor(maxParameters / table.columns.length));
  for (let key = after; ; ) {
    const rows = await readPage(db, table, key, size);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    key = keyOf(table, last);
  }
}

/** The greatest key that is there. */
export async function lastKey(db: Database, table: TableShape): Promise<Key | undefined> {
  const sorted = table.primaryKey.reduce(
    (query, column) => query.orderBy(column, 'desc'),
    db.dialect.builder.selectFrom(table.name).select(table.primaryKey).limit(1),
  );
  const [row] = await patiently(db, sorted);
  return row === undefined ? undefined : keyOf(table, row);
}

function readPage(db: Database, { name, columns, primaryKey }: TableShape, after: Key | undefined, size: number) {
  const all = db.dialect.builder.selectFrom(name).select(columns).limit(size);
  const rest = after === undefined ? all : all.where((builder) => behind(builder, primaryKey, after));
  return patiently(
    db,
    primaryKey.reduce((query, column) => query.orderBy(column), rest),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: any table.
type Where = ExpressionBuilder<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: any table.
type Condition = ExpressionWrapper<any, any, any>;

/** `(a, b) > (x, y)`, written as `a >= x and (a > x or b > y)`: MySQL uses no index for the short form. */
function behind(builder: Where, [first = '', ...columns]: readonly string[], [value, ...values]: Key): Condition {
  const greater = builder(first, '>', value);
  if (columns.length === 0) return greater;
  return builder.and([builder(first, '>=', value), builder.or([greater, behind(builder, columns, values)])]);
}

const keyOf = ({ primaryKey }: TableShape, row: Row): Key => primaryKey.map((column) => row[column]);

/** Reads without the haste of a request. */
const patiently = (db: Database, query: Parameters<Database['query']>[0]): Promise<Row[]> =>
  db.transact((tx) => tx.query(query), { patience: 'maintenance' }) as Promise<Row[]>;
