import {
  type AlterTableColumnAlteringBuilder,
  type ColumnDefinitionBuilder,
  type Compilable,
  type CreateTableBuilder,
  sql,
} from 'kysely';
import type { Dialect } from './dialect.ts';

/** Builds a table in words that every dialect understands. Columns are `NOT NULL` unless they say `nullable`. */
export interface TableBuilder {
  /** `id`: a generated positive integer, never used twice. */
  generatedId(): TableBuilder;
  /** An instant in milliseconds UTC, a counter or a foreign id. */
  integer(name: string, options?: ColumnOptions): TableBuilder;
  /** Text up to `length` characters, compared byte by byte. */
  text(name: string, length: number, options?: ColumnOptions): TableBuilder;
  longText(name: string, options?: ColumnOptions): TableBuilder;
  primaryKey(...columns: string[]): TableBuilder;
  readonly statement: CreateTableBuilder<string, string>;
}

export interface ColumnOptions {
  readonly nullable?: boolean;
  /** `table.column`; the row goes when the one it points at goes. */
  readonly references?: string;
}

/** Starts `CREATE TABLE name`. */
export function table(dialect: Dialect, name: string): TableBuilder {
  const created = dialect.builder.schema.createTable(name) as CreateTableBuilder<string, string>;
  const { tableSuffix } = dialect.types;
  return around(tableSuffix === undefined ? created : created.modifyEnd(tableSuffix), dialect, name);
}

function around(statement: CreateTableBuilder<string, string>, dialect: Dialect, table: string): TableBuilder {
  const { types } = dialect;
  const next = (changed: CreateTableBuilder<string, string>) => around(changed, dialect, table);
  const shaped = (options: ColumnOptions) => (column: ColumnDefinitionBuilder) => {
    const present = options.nullable ? column : column.notNull();
    return options.references ? present.references(options.references).onDelete('cascade') : present;
  };
  return {
    statement,
    generatedId: () => next(statement.addColumn('id', types.generatedId as never)),
    integer: (name, options = {}) => next(statement.addColumn(name, types.integer as never, shaped(options))),
    text: (name, length, options = {}) => next(statement.addColumn(name, types.text(length) as never, shaped(options))),
    longText: (name, options = {}) => next(statement.addColumn(name, types.longText as never, shaped(options))),
    primaryKey: (...columns) => next(statement.addPrimaryKeyConstraint(`${table}_pk`, columns as never)),
  };
}

/** `CREATE UNIQUE INDEX`. Its name carries table and columns, so that a violation says what was taken. */
export function uniqueIndex(dialect: Dialect, table: string, ...columns: string[]) {
  return dialect.builder.schema
    .createIndex(`${table}_${columns.join('_')}_unique`)
    .on(table)
    .columns(columns)
    .unique();
}

/** `CREATE INDEX`. */
export function index(dialect: Dialect, table: string, ...columns: string[]) {
  return dialect.builder.schema
    .createIndex(`${table}_${columns.join('_')}_index`)
    .on(table)
    .columns(columns);
}

/** `DROP INDEX`, of one that `index` has made. */
export function dropIndex(dialect: Dialect, table: string, ...columns: string[]) {
  const dropped = dialect.builder.schema.dropIndex(`${table}_${columns.join('_')}_index`);
  // There the names of indexes belong to their table; elsewhere to the schema, and no table may be named.
  return dialect.name === 'mysql' ? dropped.on(table) : dropped;
}

/**
 * Makes an index anew that `index` has made, without the rows in which its first column is null. Whatever compares that column is served by
 * it as before. Nothing where the database has no such indexes.
 */
export function emptyLeftOut(dialect: Dialect, table: string, ...columns: readonly [string, ...string[]]) {
  if (!dialect.partialIndexes) return [];
  return [
    dropIndex(dialect, table, ...columns),
    index(dialect, table, ...columns).where(sql.ref(columns[0]), 'is not', null),
  ];
}

/**
 * `ALTER TABLE … ADD COLUMN`. The column is nullable, since the rows that are there have nothing in it; a computed one has what its
 * expression says, also for rows that a node of an older release writes.
 */
export function addColumn(dialect: Dialect, table: string) {
  const alter = dialect.builder.schema.alterTable(table);
  const { types } = dialect;
  const computed = (expression: string) => (column: ColumnDefinitionBuilder) => {
    const generated = column.generatedAlwaysAs(sql.raw(expression));
    return types.computedIsStored ? generated.stored() : generated;
  };
  return {
    integer: (name: string) => alter.addColumn(name, types.integer as never),
    text: (name: string, length: number) => alter.addColumn(name, types.text(length) as never),
    /** @param expression SQL that every dialect reads alike, over columns of the same row */
    computedInteger: (name: string, expression: string) =>
      alter.addColumn(name, types.integer as never, computed(expression)),
    computedText: (name: string, length: number, expression: string) =>
      alter.addColumn(name, types.text(length) as never, computed(expression)),
  };
}

/** A column that is to be added: an integer, or a text of a length. */
export type AddedColumn = 'integer' | { readonly text: number };

/** Many columns at once, as `addColumn`: in one statement where that is understood, so that a large table is locked once. */
export function addColumns(
  dialect: Dialect,
  table: string,
  columns: Readonly<Record<string, AddedColumn>>,
): Compilable<unknown>[] {
  const { types, builder } = dialect;
  const alter = () => builder.schema.alterTable(table) as unknown as AlterTableColumnAlteringBuilder;
  const add = (to: AlterTableColumnAlteringBuilder, [name, type]: [string, AddedColumn]) =>
    to.addColumn(name, (type === 'integer' ? types.integer : types.text(type.text)) as never);
  const entries = Object.entries(columns);
  return dialect.name === 'sqlite' ? entries.map((entry) => add(alter(), entry)) : [entries.reduce(add, alter())];
}

/** Many indexes at once, as `index`: where that is understood in one statement, which reads a large table once. */
export function indexes(dialect: Dialect, table: string, ...columns: (readonly string[])[]): Compilable<unknown>[] {
  if (dialect.name !== 'mysql') return columns.map((each) => index(dialect, table, ...each));
  const added = columns.map((each) => `add index ${table}_${each.join('_')}_index (${each.join(', ')})`);
  const statement = sql.raw(`alter table ${table} ${added.join(', ')}`);
  return [{ compile: () => statement.compile(dialect.builder) }];
}
