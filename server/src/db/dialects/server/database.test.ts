import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { createFakeDriver, Fault } from '../../../../test/support/fake-driver.ts';
import {
  brokenCommits,
  failing,
  inDoubt,
  open,
  refusalSaying,
  refused,
  unchanged,
} from '../../../../test/support/faulty-server.ts';
import { rawQuery } from '../../../../test/support/ledger.ts';
import { faultOf as postgresFaultOf } from '../postgres/driver.ts';
import { createServerDatabase } from './database.ts';

describe('a transaction on a server', () => {
  test('begins, works, commits, and gives its connection back', async () => {
    const { db, write, log } = open(() => [{ id: 1 }]);
    assert.deepEqual(await db.transact(write), [{ id: 1 }]);
    assert.deepEqual(log, ['1 begin', '1 write', '1 commit', '1 released']);
  });

  test('is run again when the server has rolled it back, on a connection that is still good', async () => {
    const { db, write, log } = open(failing('write', new Fault('rolled-back'), 1));
    await db.transact(write);
    assert.deepEqual(log, [
      ...['1 begin', '1 write', '1 rollback', '1 released'],
      ...['2 begin', '2 write', '2 commit', '2 released'],
    ]);
  });

  test('is run again when a serialization failure comes with the commit', async () => {
    const { db, write, log } = open(failing('commit', new Fault('rolled-back'), 1));
    await db.transact(write);
    assert.equal(log.filter((line) => line.endsWith('commit')).length, 2);
  });

  test('is run again, on another connection, when its own has broken before the commit', async () => {
    for (const where of ['begin', 'write']) {
      const { db, write, log } = open(failing(where, new Fault('gone'), 1));
      await db.transact(write);
      assert.ok(log.includes('1 destroyed'));
      assert.ok(!log.includes('1 released') && !log.includes('1 rollback'));
      assert.deepEqual(log.slice(-4), ['2 begin', '2 write', '2 commit', '2 released']);
    }
  });

  for (const [name, faultOf, error] of brokenCommits) {
    test(`is never run again when its connection breaks during the commit, and does not say that nothing was changed (${name})`, async () => {
      const { db, write, log } = open(failing('commit', error), faultOf);
      await assert.rejects(db.transact(write), inDoubt);
      assert.deepEqual(log, ['1 begin', '1 write', '1 commit', '1 destroyed']);
    });
  }

  const attemptsUntilGivenUp = async (kind: 'gone' | 'rolled-back') => {
    const { db, write, log } = open(failing('write', new Fault(kind)));
    await assert.rejects(db.transact(write), unchanged);
    return log.filter((line) => line.endsWith('write')).length;
  };

  test('is given up when four connections have broken', async () => {
    assert.equal(await attemptsUntilGivenUp('gone'), 4);
  });

  test('gets through a deadlock that takes many turns', async () => {
    const { db, write, log } = open(failing('write', new Fault('rolled-back'), 8));
    await db.transact(write);
    assert.equal(log.filter((line) => line.endsWith('commit')).length, 1);
  });

  test('is not run again for a mistake of ours, nor for a refusal, whatever words it uses', async () => {
    for (const error of [new Fault('other'), new Fault('unique'), refusalSaying('the connection was terminated')]) {
      const { db, log } = open(failing('nothing', error));
      const thrown = () => Promise.reject(error);
      await assert.rejects(db.transact(thrown), (it) => it === error);
      assert.deepEqual(log, ['1 begin', '1 rollback', '1 released']);
    }
    const { db } = open(() => [], postgresFaultOf);
    const refused = refusalSaying('the connection was terminated');
    await assert.rejects(
      db.transact(() => Promise.reject(refused)),
      (it) => it === refused,
    );
  });

  test('refuses when the disk of the server is full', async () => {
    const full = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
    const { db, write, log } = open(failing('write', full), postgresFaultOf);
    await assert.rejects(db.transact(write), unchanged);
    assert.ok(log.every((line) => !line.endsWith('commit')));
  });

  test('refuses when the server takes no writes, as a demoted primary does', async () => {
    const readOnly = Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006' });
    const { db, write } = open(failing('write', readOnly), postgresFaultOf);
    await assert.rejects(db.transact(write), unchanged);
  });

  test('refuses to be used inside itself, and its handle to be used after its end', async () => {
    const { db, write, read } = open(() => []);
    await assert.rejects(db.transact(read), /inside a transaction/);
    await assert.rejects(
      db.transact(() => db.transact(write)),
      /inside a transaction/,
    );
    const leaked = await db.transact(async (tx) => tx);
    await assert.rejects(write(leaked), /after its end/);
  });
});

describe('a read on a server', () => {
  test('is repeated on another connection when its own was broken, so that nobody sees the restart of a database', async () => {
    const { read, log } = open(failing('read', new Fault('gone'), 2));
    await read();
    assert.deepEqual(log, ['1 read', '1 destroyed', '2 read', '2 destroyed', '3 read', '3 released']);
  });

  test('that fails for another reason passes its error on', async () => {
    const error = new Fault('other');
    const { read, log } = open(failing('read', error));
    await assert.rejects(read(), (it) => it === error);
    assert.deepEqual(log, ['1 read', '1 released']);
  });
});

describe('the health check of a server', () => {
  test('fails where only reads work', async () => {
    await assert.rejects(open(() => [{ writable: false }]).db.check(), unchanged);
    await assert.rejects(open(() => [{ writable: 0 }]).db.check(), unchanged);
    await open(() => [{ writable: true }]).db.check();
    await open(() => [{ writable: 1 }]).db.check();
  });
});

describe('a server that does not answer', () => {
  const never = new Promise<never>(() => {});

  /** Lets the promises settle, then the time of a request pass. */
  const timeOut = async () => {
    await new Promise(setImmediate);
    mock.timers.tick(1_500);
  };

  const silent: [string, typeof unchanged][] = [
    ['begin', unchanged],
    ['write', unchanged],
    ['commit', inDoubt],
  ];
  for (const [where, refusal] of silent) {
    test(`costs a request 1.5 seconds and its connection (silent at ${where})`, async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        const { db, write, log } = open((sql) => (sql === where ? never : []));
        const refused = assert.rejects(db.transact(write), refusal);
        await timeOut();
        await refused;
        await new Promise(setImmediate);
        assert.deepEqual(log.slice(-2), [`1 ${where}`, '1 destroyed']);
      } finally {
        mock.timers.reset();
      }
    });
  }

  test('cannot have a transaction committed whose caller was told that nothing was changed', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { db, log } = open(() => []);
      const work = Promise.withResolvers<void>();
      const refused = assert.rejects(
        db.transact(() => work.promise),
        unchanged,
      );
      await timeOut();
      await refused;
      work.resolve();
      await new Promise(setImmediate);
      assert.deepEqual(log, ['1 begin', '1 destroyed']);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('exclusive work on a server', () => {
  test('stands between lock and unlock, also when it fails', async () => {
    const { db, log } = open(() => []);
    await assert.rejects(
      db.exclusively('things', () => Promise.reject(new Error('no'))),
      /^Error: no$/,
    );
    assert.deepEqual(log, ['1 lock things', '1 unlock things', '1 released']);
  });
});

describe('many transactions on a server', () => {
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  /** Two at a time; each writes until the test lets it go on. */
  function openForTwo() {
    const goOn: (() => void)[] = [];
    const driver = createFakeDriver((sql) =>
      sql === 'write' ? new Promise((resolve) => goOn.push(() => resolve([]))) : [{ writable: true }],
    );
    const db = createServerDatabase(driver, { transactionsAtMost: 2 });
    const write = () => db.transact((tx) => tx.query(rawQuery(db, 'write')));
    return { db, goOn, write, begun: () => driver.log.filter((line) => line.endsWith(' begin')).length };
  }

  test('leave connections to reads, and take turns', async () => {
    const { db, goOn, write, begun } = openForTwo();
    const writes = [write(), write(), write(), write()];
    await settle();
    assert.equal(begun(), 2);
    assert.deepEqual(await db.query(rawQuery(db, 'read')), [{ writable: true }]);
    goOn[0]?.();
    await writes[0];
    await settle();
    assert.equal(begun(), 3);
    for (let at = 1; at < 4; at += 1) {
      goOn[at]?.();
      await settle();
    }
    await Promise.all(writes);
    assert.equal(begun(), 4);
  });

  test('are refused at once when five hundred wait already', async () => {
    const { goOn, write, begun } = openForTwo();
    const writes = Array.from({ length: 502 }, write);
    await assert.rejects(write(), refused('database-unavailable', /nothing was changed/));
    for (let at = 0; at < 502; at += 1) {
      await settle();
      goOn[at]?.();
    }
    await Promise.all(writes);
    assert.equal(begun(), 502);
  });

  test('whose time is up while they wait take no connection', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { goOn, write, begun } = openForTwo();
    const [first, second, third] = [write(), write(), write()];
    await settle();
    t.mock.timers.tick(1_500);
    for (const each of [first, second, third]) await assert.rejects(each);
    for (const end of goOn) end();
    await settle();
    assert.equal(begun(), 2);
  });
});
