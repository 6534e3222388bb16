import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { type Answer, Fault } from '../../../../test/support/fake-driver.ts';
import { brokenCommits, failing, inDoubt, open, unchanged } from '../../../../test/support/faulty-server.ts';
import type { Tx } from '../../database.ts';
import { statements } from '../../statement.ts';
import { faultOf as mysqlFaultOf } from '../mysql/driver.ts';
import { faultOf as postgresFaultOf } from '../postgres/driver.ts';
import type { ServerDriver } from './driver.ts';

describe('a transaction on a server that writes once', () => {
  /** Reads and writes; its statements are 'read' and 'write'. */
  const openOnce = (answer: Answer, faultOf?: ServerDriver['faultOf']) => {
    const { db, log } = open(answer, faultOf);
    const work = async (tx: Tx) => {
      await tx.all(read, {});
      return tx.execute(write, {});
    };
    return { db, log, once: () => db.transact(work, { writes: 'once' }) };
  };
  const { statement } = statements();
  const asked = (text: string) => statement((db) => ({ compile: () => sql`${sql.raw(text)}`.compile(db) }));
  const [read, write] = [asked('read'), asked('write')];

  test('asks for its statements and for nothing else, on one connection', async () => {
    const { once, log } = openOnce(() => [{ id: 1 }]);
    assert.equal(await once(), 1);
    assert.deepEqual(log, ['1 read', '1 write', '1 released']);
  });

  test('is run again when its read has found the connection broken, or the server has undone its write', async () => {
    const broken = openOnce(failing('read', new Fault('gone'), 1));
    await broken.once();
    assert.deepEqual(broken.log, ['1 read', '1 destroyed', '2 read', '2 write', '2 released']);
    const undone = openOnce(failing('write', new Fault('rolled-back'), 1));
    await undone.once();
    assert.deepEqual(undone.log, ['1 read', '1 write', '1 released', '2 read', '2 write', '2 released']);
  });

  for (const [name, faultOf, error] of brokenCommits) {
    test(`is never run again when its connection breaks during the write, and does not say that nothing was changed (${name})`, async () => {
      const { once, log } = openOnce(failing('write', error), faultOf);
      await assert.rejects(once(), inDoubt);
      assert.deepEqual(log, ['1 read', '1 write', '1 destroyed']);
    });
  }

  const refusedWrites: [string, ServerDriver['faultOf'], Error][] = [
    ['a demoted PostgreSQL', postgresFaultOf, Object.assign(new Error('cannot execute UPDATE'), { code: '25006' })],
    ['a PostgreSQL whose disk is full', postgresFaultOf, Object.assign(new Error('No space'), { code: '53100' })],
    ['a read-only MariaDB', mysqlFaultOf, Object.assign(new Error('--read-only'), { errno: 1290 })],
  ];
  for (const [name, faultOf, error] of refusedWrites) {
    test(`goes to another connection when the server took no writes, and says that nothing was changed (${name})`, async () => {
      const { once, log } = openOnce(failing('write', error), faultOf);
      await assert.rejects(once(), unchanged);
      assert.deepEqual(log.slice(0, 4), ['1 read', '1 write', '1 destroyed', '2 read']);
    });
  }

  for (const [where, refusal] of [
    ['read', unchanged],
    ['write', inDoubt],
  ] as const) {
    test(`costs a request 1.5 seconds and its connection when there is no answer (silent at ${where})`, async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const { once, log } = openOnce((text) => (text === where ? new Promise<never>(() => {}) : []));
      const refused = assert.rejects(once(), refusal);
      await new Promise(setImmediate);
      t.mock.timers.tick(1_500);
      await refused;
      await new Promise(setImmediate);
      assert.deepEqual(log.slice(-2), [`1 ${where}`, '1 destroyed']);
    });
  }

  test('writes nothing when its caller was told that the time is up', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { db, log } = openOnce(() => []);
    const thought = Promise.withResolvers<void>();
    const work = async (tx: Tx) => {
      await thought.promise;
      return tx.execute(write, {});
    };
    const refused = assert.rejects(db.transact(work, { writes: 'once' }), unchanged);
    await new Promise(setImmediate);
    t.mock.timers.tick(1_500);
    await refused;
    thought.resolve();
    await new Promise(setImmediate);
    assert.deepEqual(log, ['1 destroyed']);
  });

  test('gives its connection back when it fails by itself', async () => {
    const { db, log } = openOnce(() => []);
    await assert.rejects(
      db.transact(() => Promise.reject(new Error('no')), { writes: 'once' }),
      /^Error: no$/,
    );
    assert.deepEqual(log, ['1 released']);
  });
});
