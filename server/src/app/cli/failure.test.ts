import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { databaseUnavailable } from '../../db/unavailable.ts';
import { refusal } from '../../kernel/errors.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import { WrongSecretKey } from '../../kernel/seal.ts';
import { ConfigRefused, UsageError } from './command.ts';
import { describeFailure } from './failure.ts';

const notEmpty = refusal('not-empty', 'conflict', 'The drawer is not empty.', 'Empty it.');

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('it should have thrown');
}

describe('what the CLI says', () => {
  test('of a refusal: its sentence and its code', () => {
    assert.deepEqual(describeFailure(notEmpty()), {
      text: 'error: The drawer is not empty. (not-empty)',
      json: { error: 'not-empty', detail: 'The drawer is not empty.', errors: [] },
    });
  });

  test('of fields: each with its name', () => {
    const errors = [{ pointer: '/permissions/1', detail: 'There is none.' }];
    const { text, json } = describeFailure(validationFailed({ errors }));
    assert.equal(text, 'error: This was not accepted. (validation-failed)\n  permissions/1: There is none.');
    assert.deepEqual((json as { errors: unknown }).errors, errors);
  });

  test('of a database that is not there: the reason too, because an operator asks', () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.7:5432');
    const { text } = describeFailure(databaseUnavailable({ cause }));
    assert.match(text, /\(database-unavailable\)\n {2}connect ECONNREFUSED 10\.0\.0\.7:5432\n {2}Check DATABASE_URL/);
  });

  test('but never the cause of a refusal that is no failure', () => {
    assert.equal(describeFailure(notEmpty({ cause: new Error('row 7') })).text.includes('row 7'), false);
  });

  for (const error of [new UsageError('<name> is missing'), new ConfigRefused('One setting is wrong')]) {
    test(`of a ${error.name}: the message alone`, () => {
      assert.deepEqual(describeFailure(error), {
        text: `error: ${error.message}`,
        json: { error: error.name, detail: error.message },
      });
    });
  }

  test('of a wrong SECRET_KEY: where the right one may be', () => {
    const { text } = describeFailure(new WrongSecretKey(new Error('tag')));
    assert.match(text, /^error: SECRET_KEY is not the one[^\n]*\.\n {2}Set SECRET_KEY .*secret-key/);
    assert.equal(text.includes('    at '), false);
  });

  test('of what nobody foresaw: the stack', () => {
    assert.match(describeFailure(new TypeError('x is not a function')).text, /^error: TypeError: x is not.*\n {4}at /);
    assert.equal(describeFailure('thrown text').text, 'error: thrown text');
  });
});

describe('what the CLI says of a database server', () => {
  for (const [code, advice] of [
    ['ER_SECURE_TRANSPORT_REQUIRED', /\?ssl_ca=/],
    ['HANDSHAKE_SSL_ERROR', /ssl_ca/],
    ['ER_BINLOG_CREATE_ROUTINE_NEED_SUPER', /log_bin_trust_function_creators=1/],
    ['42501', /TRIGGER/],
  ] as const) {
    test(`that refuses with ${code}: what to do, and no stack`, () => {
      const { text } = describeFailure(Object.assign(new Error('It is refused'), { code }));
      assert.ok(text.startsWith('error: It is refused.\n'));
      assert.match(text, advice);
      assert.equal(text.includes('    at '), false);
    });
  }
});

describe('what the CLI says of the system', () => {
  const said = (error: unknown): string => {
    const { text } = describeFailure(error);
    assert.equal(text.includes('    at '), false, 'no stack');
    return text;
  };

  test('a folder that is a file', () => {
    const path = `${import.meta.filename}/data`;
    const text = said(thrownBy(() => readFileSync(path)));
    assert.ok(text.startsWith(`error: ${path} cannot be used: a part of the path is a file`));
    assert.match(text, /DATA_DIR/);
  });

  test('a file that is no database', () => {
    const database = new DatabaseSync(import.meta.filename, { readOnly: true });
    const error = thrownBy(() => database.exec('select * from sqlite_schema'));
    database.close();
    assert.match(said(error), /no SQLite database[\s\S]*DATABASE_URL/);
  });

  test('a fault in our own SQL is ours, and comes with its stack', () => {
    const database = new DatabaseSync(':memory:');
    const error = thrownBy(() => database.exec('select * from missing'));
    database.close();
    assert.match(describeFailure(error).text, /no such table: missing\n {4}at /);
  });

  test('a port that is taken', async () => {
    const [first, second] = [createServer(), createServer()];
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const { port } = first.address() as { port: number };
    const error = await new Promise((resolve) => second.once('error', resolve).listen(port, '127.0.0.1'));
    first.close();
    const { text, json } = describeFailure(error);
    assert.match(text, new RegExp(`^error: 127\\.0\\.0\\.1:${port} is in use[^]*set PORT\\.$`));
    assert.equal((json as { error: string }).error, 'EADDRINUSE');
  });

  const made: readonly (readonly [what: string, fields: object, says: RegExp])[] = [
    ['a port below 1024', { code: 'EACCES', syscall: 'listen', address: '::', port: 80 }, /may not listen on port 80/],
    ['an address of another machine', { code: 'EADDRNOTAVAIL', syscall: 'listen', address: '192.0.2.1' }, /Set HOST/],
    [
      'any other reason not to listen',
      { code: 'EINVAL', syscall: 'listen', address: '::1', port: 8 },
      /on \[::1\]:8 \(EI/,
    ],
    ['a name without an address', { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'no.invalid' }, /HOST is "no/],
    ['a full disk', { code: 'ENOSPC', syscall: 'write', path: '/var/x' }, /\/var\/x cannot be used: the disk is full/],
    ['an error without a name of ours', { code: 'EMFILE', syscall: 'open', path: '/var/x' }, /used: EMFILE/],
    ['a full database', { code: 'ERR_SQLITE_ERROR', errcode: 13 }, /the disk is full \(why\)/],
    ['an extended code of SQLite', { code: 'ERR_SQLITE_ERROR', errcode: 1032 }, /it is read-only \(why\)/],
    ['a wrong password for PostgreSQL', { code: '28P01' }, /^error: why\.\n.*DATABASE_URL/],
  ];
  for (const [what, fields, says] of made) {
    test(what, () => assert.match(said(Object.assign(new Error('why'), fields)), says));
  }
});
