import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMethodTable } from './method-table.ts';

describe('a method table', () => {
  const table = createMethodTable();
  table.add('POST', '/users/roles');
  table.add('DELETE', '/users/:user_id');
  table.add('GET', '/docs/*');
  table.add('HEAD', '/docs/*');
  table.add('GET', '/.well-known/jwks.json');

  test('joins the methods of all patterns that match', () => {
    assert.deepEqual(table.allowed('/users/roles'), ['DELETE', 'POST']);
    assert.deepEqual(table.allowed('/users/7?x=/y#z'), ['DELETE']);
    assert.deepEqual(table.allowed('/docs/a/b'), ['GET', 'HEAD']);
  });

  test('takes a dot for a dot and a segment for a segment', () => {
    assert.deepEqual(table.allowed('/Xwell-known/jwks.json'), []);
    assert.deepEqual(table.allowed('/users/7/8'), []);
    assert.deepEqual(table.allowed('/users/'), []);
    assert.deepEqual(table.allowed('/users'), []);
  });

  test('reads percent-encoded paths as the router does, and broken ones as they stand', () => {
    assert.deepEqual(table.allowed('/%75sers/7'), ['DELETE']);
    assert.deepEqual(table.allowed('/users/%zz'), ['DELETE']);
    assert.deepEqual(table.allowed('/users/a%0Ab'), ['DELETE']);
  });
});
