import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Compilable } from 'kysely';
import { UniqueViolation } from '../../database.ts';
import type { Dialect } from '../../dialect.ts';
import { type Compiled, compileStatement, type InsertStatement, type Statement } from '../../statement.ts';

type AnyStatement = Statement<never, unknown> | InsertStatement<never>;

/** One SQLite connection and the statements it has prepared. All calls are synchronous and take microseconds. */
export interface SqliteConnection {
  run(statement: AnyStatement, parameters: object): SqliteResult;
  /** The first row, without making the others. */
  first(statement: AnyStatement, parameters: object): unknown;
  runQuery(query: Compilable<unknown>): SqliteResult;
  exec(text: string): void;
  /** Runs a statement without parameters or rows that comes again and again (`commit`): it is parsed once. */
  repeat(text: string): void;
  readonly inTransaction: boolean;
  close(): void;
}

export interface SqliteResult {
  readonly rows: unknown[];
  readonly changes: number;
}

const uniqueConstraintFailed = 2067; // SQLITE_CONSTRAINT_UNIQUE
const primaryKeyConstraintFailed = 1555; // SQLITE_CONSTRAINT_PRIMARYKEY

/** Opens a connection. @param path a file; it must exist when `readOnly` */
export function openConnection(path: string, dialect: Dialect, options: { readOnly: boolean }): SqliteConnection {
  const database = new DatabaseSync(path, { readOnly: options.readOnly });
  const prepared = new Map<AnyStatement, Prepared & Compiled>();

  const repeated = new Map<string, StatementSync>();

  const prepareRepeated = (text: string): StatementSync => {
    const handle = database.prepare(text);
    repeated.set(text, handle);
    return handle;
  };
  const prepare = (sql: string): Prepared => {
    const handle = database.prepare(sql);
    handle.setReturnArrays(true);
    const columns = handle.columns();
    return { handle, returnsRows: columns.length > 0, rowOf: createRowMaker(columns.map(({ name }) => name)) };
  };
  const prepareOnce = (statement: AnyStatement) => {
    const compiled = compileStatement(statement, dialect);
    const entry = { ...compiled, ...prepare(compiled.sql) };
    prepared.set(statement, entry);
    return entry;
  };

  return {
    run(statement, parameters) {
      const entry = prepared.get(statement) ?? prepareOnce(statement);
      return execute(entry, entry.bind(parameters));
    },
    first(statement, parameters) {
      const { handle, bind, rowOf } = prepared.get(statement) ?? prepareOnce(statement);
      const bound = bind(parameters) as SQLInputValue[];
      const values = told(() => handle.get(...bound));
      return values === undefined ? undefined : rowOf(values as unknown as Values);
    },
    runQuery(query) {
      const { sql, parameters } = query.compile();
      return execute(prepare(sql), parameters);
    },
    exec: (text) => database.exec(text),
    repeat: (text) => void (repeated.get(text) ?? prepareRepeated(text)).run(),
    get inTransaction() {
      return database.isTransaction;
    },
    close: () => database.close(),
  };
}

/** The values of a row in the order of its columns. */
type Values = readonly unknown[];

/** `returnsRows` as SQLite says it, which also knows of `RETURNING` and of SQL that was written by hand. */
interface Prepared {
  readonly handle: StatementSync;
  readonly returnsRows: boolean;
  readonly rowOf: (values: Values) => Record<string, unknown>;
}

/**
 * Node makes each row an object of a hidden class of its own, so that every reading of it goes the slow way. Made from its values, all
 * rows of a statement are of one class: a third of a point read's time is saved.
 */
function createRowMaker(columns: readonly string[]): Prepared['rowOf'] {
  return (values) => {
    const row: Record<string, unknown> = {};
    let at = 0;
    for (const column of columns) row[column] = values[at++];
    return row;
  };
}

function execute({ handle, returnsRows, rowOf }: Prepared, values: readonly unknown[]): SqliteResult {
  const bound = values as SQLInputValue[];
  return told(() => {
    if (!returnsRows) return { rows: [], changes: Number(handle.run(...bound).changes) };
    return { rows: (handle.all(...bound) as unknown as Values[]).map(rowOf), changes: 0 };
  });
}

/** @throws UniqueViolation in place of SQLite's own word for it */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw uniqueViolationOf(error) ?? error;
  }
}

/** SQLite names the columns ("UNIQUE constraint failed: users.email_key"); we speak of the index `users_email_key`. */
function uniqueViolationOf(error: unknown): UniqueViolation | undefined {
  const { errcode, message } = error as { errcode?: number; message?: string };
  if (errcode !== uniqueConstraintFailed && errcode !== primaryKeyConstraintFailed) return undefined;
  const columns = (message ?? '').replace(/^.*failed: /, '').split(', ');
  const [first = ''] = columns;
  const table = first.split('.')[0] ?? '';
  return new UniqueViolation([table, ...columns.map((column) => column.split('.')[1])].join('_'), error);
}
