import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faultOf } from './driver.ts';

const kindOf = (properties: object, message = 'no') => faultOf(Object.assign(new Error(message), properties)).kind;

describe('what MySQL and MariaDB mean by an error', () => {
  test('a deadlock, or a conflict that a replicated group finds at the commit, has left nothing behind', () => {
    assert.deepEqual(
      [1213, 1205, 3101].map((errno) => kindOf({ errno })),
      ['rolled-back', 'rolled-back', 'rolled-back'],
    );
  });

  test('a connection that the server closed for its silence, or that was killed, is gone', () => {
    assert.deepEqual(
      [4031, 3169, 1053].map((errno) => kindOf({ errno })),
      ['gone', 'gone', 'gone'],
    );
  });

  test('a TLS handshake that breaks off is gone; a certificate that is not trusted stays so', () => {
    const handshake = (message: string) => kindOf({ code: 'HANDSHAKE_SSL_ERROR' }, message);
    assert.equal(handshake('Client network socket disconnected before secure TLS connection was established'), 'gone');
    assert.equal(handshake('read ECONNRESET'), 'gone');
    assert.equal(handshake('self-signed certificate in certificate chain'), 'other');
    assert.equal(handshake("Hostname/IP does not match certificate's altnames"), 'other');
  });

  test('a unique index is called by its name, whichever server says so', () => {
    const indexOf = (sqlMessage: string) => faultOf(Object.assign(new Error(sqlMessage), { errno: 1062, sqlMessage }));
    const expected = { kind: 'unique', index: 'users_email_key' };
    assert.deepEqual(indexOf("Duplicate entry 'a' for key 'users.users_email_key_unique'"), expected);
    assert.deepEqual(indexOf("Duplicate entry 'a' for key 'users_email_key_unique'"), expected);
  });
});
