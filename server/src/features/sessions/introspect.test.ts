import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../db/database.ts';
import { asSessionId, asUserId } from '../../kernel/ids.ts';
import { Secret } from '../../kernel/secret.ts';
import type { RolesStore } from '../roles/index.ts';
import type { AccessClaims, AccessTokens } from './access-token.ts';
import { createEndPresented } from './end-presented.ts';
import { createIntrospect } from './introspect.ts';
import { createRefreshTokens } from './refresh-token.ts';
import { createRevokeToken } from './revoke-token.ts';
import { createSessionLife } from './session-life.ts';
import type { LivingSession, SessionsStore } from './store.ts';

const random = { bytes: (length: number) => Buffer.alloc(length, 7) };
const clock = { now: () => 1_000 };
const secretKeys = { present: new Secret('a secret key for tests, long enough'), former: [] };
const refreshTokens = createRefreshTokens({ secretKeys, random });
const life = createSessionLife({ refreshTtlSeconds: 9, idleTtlSeconds: undefined, graceSeconds: 10 });
const first = refreshTokens.first(asSessionId('A'.repeat(22)));
const user = { id: asUserId(5), username: 'ada', email: 'ada@example.com' };
const living: LivingSession = {
  id: first.sessionId,
  user,
  generation: 0,
  tokenHash: first.hash,
  statusIndex: 3,
  rotatedAt: 1,
  expiresAt: 9_000,
  idleExpiresAt: 5_000,
  endedAt: undefined,
};

type Ending = Parameters<typeof createEndPresented>[0];

/** Says of every token what it is given; a session that is asked for is noted down. */
function createScene(session: LivingSession | undefined, claims: Partial<AccessClaims> | undefined) {
  const asked: string[] = [];
  const store = {
    find: async (_, id) => {
      asked.push(id);
      return session;
    },
  } as Partial<SessionsStore> as SessionsStore;
  const accessTokens = { verify: async () => claims } as unknown as AccessTokens;
  const roles = { grantsOf: async () => ({ roles: ['r'], permissions: ['p:q'] }) } as Partial<RolesStore> as RolesStore;
  // Any use of the database but through the stores fails, and any of what ending a session needs besides.
  const db = {} as Database;
  const endPresented = createEndPresented({ db, clock, store } as Partial<Ending> as Ending);
  return {
    asked,
    introspect: createIntrospect({ db, clock, life, accessTokens, refreshTokens, roles, store }),
    revoke: createRevokeToken({ accessTokens, refreshTokens, endPresented, countMadeUpToken: async () => {} }),
  };
}

const claims = { sessionId: first.sessionId, userId: user.id };

test('one read of the session decides, for either kind of token', async () => {
  for (const [token, kind] of [
    [first.text.reveal(), 'refresh'],
    ['an access token', 'access'],
  ] as const) {
    const { introspect, asked } = createScene(living, claims);
    assert.equal((await introspect(token))?.kind, kind);
    assert.deepEqual(asked, [first.sessionId]);
  }
});

test('a token of nobody is not looked for: neither to introspect it nor to end its session', async () => {
  const { introspect, revoke, asked } = createScene(living, undefined);
  for (const token of ['', 'x', `${first.text.reveal()}x`]) {
    assert.equal(await introspect(token), undefined);
    await revoke(token, { ip: '', userAgent: '' });
  }
  assert.deepEqual(asked, []);
});

const dead: Readonly<Record<string, Partial<LivingSession>>> = {
  'that was ended': { endedAt: 1_000 },
  'at its absolute end': { expiresAt: 1_000 },
  'at its idle end': { idleExpiresAt: 1_000 },
};
for (const [what, change] of Object.entries(dead)) {
  test(`tokens of a session ${what} are inactive`, async () => {
    const { introspect } = createScene({ ...living, ...change }, claims);
    assert.equal(await introspect(first.text.reveal()), undefined);
    assert.equal(await introspect('an access token'), undefined);
  });
}

test('an access token of another user than its session is inactive', async () => {
  const { introspect } = createScene(living, { ...claims, userId: asUserId(6) });
  assert.equal(await introspect('an access token'), undefined);
});

test('a refresh token of this generation that the session does not hold is inactive', async () => {
  const { introspect } = createScene({ ...living, tokenHash: refreshTokens.successorOf(first).hash }, claims);
  assert.equal(await introspect(first.text.reveal()), undefined);
});
