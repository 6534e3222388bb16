import assert from 'node:assert/strict';
import type { Tx } from '../../src/db/database.ts';
import { faultOf as mysqlFaultOf } from '../../src/db/dialects/mysql/driver.ts';
import { faultOf as postgresFaultOf } from '../../src/db/dialects/postgres/driver.ts';
import { createServerDatabase } from '../../src/db/dialects/server/database.ts';
import type { ServerDriver } from '../../src/db/dialects/server/driver.ts';
import { databaseUnavailable } from '../../src/db/unavailable.ts';
import { DomainError } from '../../src/kernel/errors.ts';
import { type Answer, createFakeDriver, Fault } from './fake-driver.ts';
import { rawQuery } from './ledger.ts';

/** A database on a server that answers as a test says. */
export function open(answer: Answer, faultOf?: ServerDriver['faultOf']) {
  const driver = createFakeDriver(answer, faultOf);
  const db = createServerDatabase(driver);
  const write = (tx: Tx) => tx.query(rawQuery(db, 'write'));
  const read = () => db.query(rawQuery(db, 'read'));
  return { db, write, read, log: driver.log };
}

/** Throws `error` the first `times` that `sql` is asked. */
export function failing(sql: string, error: Error, times = Number.POSITIVE_INFINITY): Answer {
  let left = times;
  return (asked) => {
    if (asked !== sql || left === 0) return [{ writable: true }];
    left -= 1;
    throw error;
  };
}

/** Whether an error is this refusal, with the time to come again. */
export const refused = (code: string, detail: RegExp) => (error: unknown) => {
  assert.ok(error instanceof DomainError);
  assert.equal(error.refusal.code, code);
  assert.ok((error.retryAfterSeconds ?? 0) > 0);
  assert.match(error.message, detail);
  return true;
};
export const refusalSaying = (detail: string) => databaseUnavailable({ detail, retryAfterSeconds: 9 });
export const unchanged = refused('database-unavailable', /nothing was changed/);
export const inDoubt = refused('outcome-unknown', /not known/);

/** Connections that break, in the words of whoever notices. */
export const brokenCommits: readonly [string, ServerDriver['faultOf'] | undefined, Error][] = [
  ['any server', undefined, new Fault('gone')],
  ['PostgreSQL', postgresFaultOf, new Error('Connection terminated unexpectedly')],
  ['PostgreSQL, told to stop', postgresFaultOf, Object.assign(new Error('terminating'), { code: '57P01' })],
  ['PostgreSQL, over a broken pipe', postgresFaultOf, Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })],
  ['MariaDB', mysqlFaultOf, Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' })],
];
