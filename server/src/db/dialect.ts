import type { ColumnDataType, Kysely, RawBuilder } from 'kysely';

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
  readonly types: ColumnTypes;
}

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
  /** What stands behind `CREATE TABLE (…)`. */
  readonly tableSuffix: RawBuilder<unknown> | undefined;
}
