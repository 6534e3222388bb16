import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testRandom as random } from '../../test/support/ports.ts';
import { createCursors } from './cursors.ts';
import { Secret } from './secret.ts';

const keysOf = (present: string, ...former: string[]) => ({
  present: new Secret(present),
  former: former.map((it) => new Secret(it)),
});
const cursors = createCursors({ secretKeys: keysOf('ours'), random }, 'users');
const position = { key: 'ada@example.com', id: 7 };
const question = ['living', 'email', 1];

test('a cursor opens for the very question it was sealed for, and for no other', () => {
  const cursor = cursors.seal(position, question);
  assert.deepEqual(cursors.open(cursor, question), position);
  for (const other of [['living', 'email', 2], ['living', 'email'], ['any', 'email', 1], [], null]) {
    assert.equal(cursors.open(cursor, other), undefined);
  }
});

test('a cursor says nothing of where it stands: it may lie in a log', () => {
  const cursor = cursors.seal(position, question);
  assert.match(cursor, /^[\w-]+$/);
  assert.doesNotMatch(Buffer.from(cursor, 'base64url').toString('latin1'), /ada|example/);
  assert.notEqual(cursors.seal(position, question), cursor, 'nor whether two stand at the same place');
});

test('an attack with forged cursors: cut, prolonged, changed in any place, of another list or another server', () => {
  const cursor = cursors.seal(position, question);
  const bytes = Buffer.from(cursor, 'base64url');
  for (let place = 0; place < bytes.length; place += 1) {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    assert.equal(cursors.open(changed.toString('base64url'), question), undefined);
    assert.equal(cursors.open(bytes.subarray(0, place).toString('base64url'), question), undefined);
  }
  for (const forged of ['', 'x', `${cursor}A`, `${cursor}=`, ` ${cursor}`, `${cursor}\n`, cursor.toUpperCase()]) {
    assert.equal(cursors.open(forged, question), undefined);
  }
  const elsewhere = createCursors({ secretKeys: keysOf('ours'), random }, 'audit');
  const foreign = createCursors({ secretKeys: keysOf('theirs'), random }, 'users');
  for (const other of [elsewhere, foreign]) {
    assert.equal(cursors.open(other.seal(position, question), question), undefined);
  }
});

test('no text whatever breaks the one who reads it', () => {
  fc.assert(fc.property(fc.string(), (text) => cursors.open(text, question) === undefined));
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(fc.property(bytes, (it) => cursors.open(Buffer.from(it).toString('base64url'), question) === undefined));
});

test('a cursor outlives a change of the secret key', () => {
  const cursor = cursors.seal(position, question);
  const changed = createCursors({ secretKeys: keysOf('new', 'ours'), random }, 'users');
  assert.deepEqual(changed.open(cursor, question), position);
  assert.equal(cursors.open(changed.seal(position, question), question), undefined);
});
