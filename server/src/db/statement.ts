import type { Compilable, InsertQueryBuilder, Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

/**
 * A statement that is built and compiled once and then runs as a cached prepared statement.
 *
 * Kysely writes and types the SQL, but building and compiling costs ten times what the read itself costs. So `build` runs once
 * for a database, with placeholders where its parameters are used; each run only puts the values in their places.
 *
 * @typeParam P the parameters by name
 * @typeParam R a row
 */
export interface Statement<P, R> {
  readonly kind: 'statement';
  // biome-ignore lint/suspicious/noExplicitAny: which tables a statement sees is checked where it is declared.
  readonly build: (db: Kysely<any>, parameters: P, dialect: Dialect) => Compilable<R>;
}

/** A statement that inserts one row into a table with a generated `id`. */
export interface InsertStatement<P> {
  readonly kind: 'insert';
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly build: (db: Kysely<any>, parameters: P, dialect: Dialect) => InsertQueryBuilder<any, any, any>;
}

/** Stands in a compiled statement where a value will stand when it runs. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** Drivers take `undefined` for NULL; here it is a parameter that somebody forgot, and would be a row that is wrong. */
  valueIn(parameters: object): unknown {
    const value = (parameters as Record<string, unknown>)[this.name];
    if (value === undefined) throw new TypeError(`the parameter "${this.name}" is missing`);
    return value;
  }
}

/**
 * The statements of one feature, which sees the tables named in `Tables` and no other.
 *
 * @example
 * const { statement } = statements<UsersTables>();
 * const findUser = statement((db, p: { id: UserId }) => db.selectFrom('users').selectAll().where('id', '=', p.id));
 * await db.first(findUser, { id });
 */
export function statements<Tables>() {
  return {
    statement<P extends object, R>(
      build: (db: Kysely<Tables>, parameters: P, dialect: Dialect) => Compilable<R>,
    ): Statement<P, R> {
      return { kind: 'statement', build };
    },
    insert<P extends object>(
      // biome-ignore lint/suspicious/noExplicitAny: the table and its row are checked by Kysely inside `build`.
      build: (db: Kysely<Tables>, parameters: P, dialect: Dialect) => InsertQueryBuilder<Tables, any, any>,
    ): InsertStatement<P> {
      return { kind: 'insert', build };
    },
  };
}

/** A statement compiled for one database: its SQL and, in order, what each of its markers stands for. */
export interface Compiled {
  readonly sql: string;
  bind(parameters: object): readonly unknown[];
}

/** Compiles a statement for a dialect. Called once for a statement and a connection. */
export function compileStatement<P>(statement: Statement<P, unknown> | InsertStatement<P>, dialect: Dialect): Compiled {
  const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) }) as P;
  const { sql, parameters: slots } = built(statement, placeholders, dialect).compile();
  return {
    sql,
    bind: (parameters) => slots.map((slot) => (slot instanceof Placeholder ? slot.valueIn(parameters) : slot)),
  };
}

function built<P>(statement: Statement<P, unknown> | InsertStatement<P>, parameters: P, dialect: Dialect) {
  if (statement.kind === 'statement') return statement.build(dialect.builder, parameters, dialect);
  const insert = statement.build(dialect.builder, parameters, dialect);
  return dialect.returning ? insert.returning('id') : insert;
}
