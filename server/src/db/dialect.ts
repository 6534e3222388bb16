import type { ColumnDataType, InsertQueryBuilder, Kysely, RawBuilder } from 'kysely';

/**
 * Where databases differ, as named capabilities. A feature asks for a capability, never for a product's name.
 */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres' | 'mysql';
  /** Builds and compiles queries; never runs them. */
  // biome-ignore lint/suspicious/noExplicitAny: every feature narrows this to its own tables.
  readonly builder: Kysely<any>;
  /** `INSERT … RETURNING` exists. */
  readonly returning: boolean;
  /** `SELECT … FOR UPDATE` exists; where it does not, a writing transaction already excludes every other. */
  readonly rowLocks: boolean;
  /** `CREATE INDEX … WHERE` exists. */
  readonly partialIndexes: boolean;
  /**
   * Whether an error of a schema change says that it was made before. Where such changes commit by themselves (MySQL), a step that a
   * crash has cut short is run again from its beginning.
   */
  alreadyThere(error: unknown): boolean;
  /**
   * Makes an `INSERT` do nothing where a unique index would refuse its row: the count of changed rows then tells. A refused insert would
   * spoil the whole transaction on PostgreSQL.
   */
  unlessPresent<T extends AnyInsert>(insert: T): T;
  /** Makes an `INSERT` of one or more rows change `columns` of those that are there: that have its `key`, the table's primary key. */
  overwriting<T extends AnyInsert>(insert: T, key: string, columns: readonly string[]): T;
  readonly types: ColumnTypes;
  readonly writeBarrier: WriteBarrier;
  readonly lastIds: LastIds;
}

/**
 * Triggers that refuse every write, made when the data moves to another database. They cannot be raced: making one waits for the
 * transactions that are writing to its table, and from then on it is the database itself that refuses, whoever writes. Until then they
 * are not there, and cost nothing.
 */
export interface WriteBarrier {
  /** The SQL that makes them, for all `tables`; where it fails half-way it can be run again. */
  raise(tables: readonly string[]): readonly string[];
  lift(tables: readonly string[]): readonly string[];
  /** Whether it is a barrier's error. */
  refused(error: unknown): boolean;
}

/** The counters behind generated ids: the highest `id` that was ever handed out, also when its row is gone. */
export interface LastIds {
  /** The SQL that asks for the counter of a table; `of` finds the id in its one row, or in that there is none. */
  query(table: string): string;
  of(row: unknown): number;
  /** The SQL after which the next id is greater than `id`, which is at least that of every row. */
  set(table: string, id: number): readonly string[];
}

/** What barriers say, by which they are known again. */
export const barrierMessage = 'keyward: the data has moved';

// biome-ignore lint/suspicious/noExplicitAny: any table of any feature.
export type AnyInsert = InsertQueryBuilder<any, any, any>;

/** How a dialect spells the few column types we use. */
export interface ColumnTypes {
  /** The generated integer key: never handed out twice, also after the row is gone. */
  readonly generatedId: RawBuilder<unknown>;
  /** 64-bit integer: ids, counters, and instants in milliseconds UTC. */
  readonly integer: ColumnDataType | RawBuilder<unknown>;
  /** Text of at most `length` characters, compared byte by byte: folding is ours, never the collation's. */
  text(length: number): ColumnDataType | RawBuilder<unknown>;
  /** Text of any length, never compared or indexed. */
  readonly longText: ColumnDataType | RawBuilder<unknown>;
  /** Whether a computed column can only be indexed when its value is kept in the row. */
  readonly computedIsStored: boolean;
  /** What stands behind `CREATE TABLE (…)`. */
  readonly tableSuffix: RawBuilder<unknown> | undefined;
}
