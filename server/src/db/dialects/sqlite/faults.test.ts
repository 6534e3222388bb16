import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBusy, isDiskFault, isDiskFull, isFailedSync } from './faults.ts';

const codes = {
  SQLITE_ERROR: 1,
  SQLITE_BUSY: 5,
  SQLITE_BUSY_RECOVERY: 261,
  SQLITE_READONLY: 8,
  SQLITE_IOERR_WRITE: 778,
  SQLITE_IOERR_FSYNC: 1034,
  SQLITE_IOERR_DIR_FSYNC: 1290,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_CONSTRAINT_UNIQUE: 2067,
};

const named = (verdict: (error: unknown) => boolean) =>
  Object.entries(codes).flatMap(([name, errcode]) => (verdict({ errcode }) ? [name] : []));

test('result codes are told apart by what they mean to us, extended ones too', () => {
  assert.deepEqual(named(isBusy), ['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY']);
  assert.deepEqual(named(isDiskFull), ['SQLITE_FULL']);
  assert.deepEqual(named(isFailedSync), ['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_DIR_FSYNC']);
  assert.deepEqual(named(isDiskFault), [
    'SQLITE_READONLY',
    'SQLITE_IOERR_WRITE',
    'SQLITE_IOERR_FSYNC',
    'SQLITE_IOERR_DIR_FSYNC',
    'SQLITE_FULL',
    'SQLITE_CANTOPEN',
  ]);
});

test('what does not come from SQLite is none of these', () => {
  const verdicts = [isBusy, isDiskFault, isDiskFull, isFailedSync].map((verdict) => verdict(new Error('no')));
  assert.deepEqual(verdicts, [false, false, false, false]);
});
