import { createPostgresDialect } from '../../src/db/dialects/postgres/dialect.ts';
import type { ServerConnection, ServerDriver, ServerFault } from '../../src/db/dialects/server/driver.ts';

/** An error whose meaning is written on it. */
export class Fault extends Error {
  readonly kind: ServerFault['kind'];

  constructor(kind: ServerFault['kind'], message = `connection: ${kind}`) {
    super(message);
    this.kind = kind;
  }
}

/** What a connection was asked: `begin`, `commit`, `rollback`, or the text of a query. */
export type Answer = (sql: string, connection: number) => Promise<unknown[]> | unknown[];

export interface FakeDriver extends ServerDriver {
  /** All that was asked and done, in order: `1 begin`, `1 commit`, `1 released`. */
  readonly log: string[];
}

/**
 * A driver over no server at all: `answer` says what each statement gives, or throws. What is given back twice, or used when it has been
 * given back, throws.
 *
 * @param faultOf what errors mean; a real driver's own, where a test is about that
 */
export function createFakeDriver(answer: Answer, faultOf: ServerDriver['faultOf'] = byKind): FakeDriver {
  const log: string[] = [];
  let connections = 0;

  const connect = (): ServerConnection => {
    connections += 1;
    const number = connections;
    let held = true;
    let abort: (error: Error) => void = () => {};
    const destroyed = new Promise<never>((_, reject) => {
      abort = reject;
    });
    destroyed.catch(() => {});
    const give = (word: string) => {
      if (!held) throw new Error(`connection ${number} was given back twice`);
      held = false;
      log.push(`${number} ${word}`);
    };
    const query = async (sql: string) => {
      if (!held) throw new Error(`connection ${number} was used after its end`);
      log.push(`${number} ${sql}`);
      const rows = await Promise.race([answer(sql, number), destroyed]);
      return { rows, changes: rows.length, insertId: undefined };
    };
    return {
      query,
      execute: ({ sql }) => query(sql),
      release: () => give('released'),
      destroy: () => {
        give('destroyed');
        abort(new Fault('gone'));
      },
    };
  };

  return {
    log,
    dialect: createPostgresDialect(),
    begin: 'begin',
    isWritable: 'is writable',
    acquire: async () => connect(),
    faultOf,
    lock: async (connection, name) => void (await connection.query(`lock ${name}`, [])),
    unlock: async (connection, name) => void (await connection.query(`unlock ${name}`, [])),
    close: async () => {},
  };
}

function byKind(error: unknown): ServerFault {
  const kind = error instanceof Fault ? error.kind : 'other';
  return kind === 'unique' ? { kind, index: 'things_name' } : { kind };
}
