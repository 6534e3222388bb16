import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asRoleId, asUserId } from '../../kernel/ids.ts';
import { neededToSee, planOf, type UserQuery, visibleTo } from './policy.ts';
import type { UserRecord } from './user-record.ts';

const record: Required<UserRecord> = {
  id: asUserId(7),
  username: 'ada',
  email: 'ada@example.com',
  emailVerified: true,
  status: 'disabled',
  createdAt: 1,
  deletedAt: 2,
  disabledAt: 3,
  disabledUntil: 4,
  disabledReason: 'spam',
  lastLoginAt: 5,
};

describe('what may be seen of a user', () => {
  const fieldsFor: Readonly<Record<string, readonly (keyof UserRecord)[]>> = {
    'users:read': ['id', 'username', 'email', 'emailVerified', 'status', 'createdAt', 'deletedAt'],
    'users:disable': ['disabledAt', 'disabledUntil', 'disabledReason'],
    'sessions:read': ['lastLoginAt'],
    'users:write': [],
    'users:delete': [],
    'users:purge': [],
    'roles:write': [],
    'audit:read': [],
  };
  for (const [permission, fields] of Object.entries(fieldsFor)) {
    test(`with ${permission} alone: ${fields.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(Object.keys(visibleTo(new Set([permission]), record)), fields);
    });
  }

  test('with nothing: nothing', () => assert.deepEqual(visibleTo(new Set(), record), {}));

  test('by the operator, and with every permission: everything', () => {
    assert.deepEqual(visibleTo(undefined, record), record);
    assert.deepEqual(visibleTo(new Set(Object.values(neededToSee)), record), record);
  });
});

describe('a list', () => {
  const plan = (query: Partial<UserQuery>) => planOf({ status: 'living', descending: false, ...query });
  const [id, role] = [asUserId(7), asRoleId(3)];

  test('is read by the index that its search or its sort names', () => {
    const none = { from: undefined, to: undefined };
    assert.deepEqual(plan({}), { by: 'created', ...none });
    assert.deepEqual(plan({ sort: 'email' }), { by: 'email', ...none });
    assert.deepEqual(plan({ createdAfter: 1, createdBefore: 2 }), { by: 'created', from: 1, to: 2 });
    assert.deepEqual(plan({ email: 'ada' }), { by: 'email', from: 'ada', to: 'ada\u{10ffff}' });
    assert.deepEqual(plan({ username: 'a', sort: 'username' }), { by: 'username', from: 'a', to: 'a\u{10ffff}' });
    assert.deepEqual(plan({ id }), { by: 'id', id });
    assert.deepEqual(plan({ role, sort: 'created' }), { by: 'role', role });
  });

  const notOffered: readonly Partial<UserQuery>[] = [
    { email: 'a', username: 'a' },
    { email: 'a', role },
    { id, username: 'a' },
    { id, role },
    { email: 'a', sort: 'created' },
    { username: 'a', sort: 'email' },
    { role, sort: 'email' },
    { createdAfter: 1, sort: 'username' },
    { createdBefore: 1, email: 'a' },
    { createdAfter: 1, role },
    { createdAfter: 1, id },
  ];
  for (const query of notOffered) {
    test(`with ${JSON.stringify(query)} is not offered, and says why`, () => {
      assert.match(String(plan(query)), /^[A-Z].+\.$/);
    });
  }
});
