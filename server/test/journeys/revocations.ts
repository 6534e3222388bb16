/** Every way in which sessions are revoked, as a table: what is done, and what it must end. */
import assert from 'node:assert/strict';
import type { UserId } from '../../src/kernel/ids.ts';
import { asSessionId } from '../../src/kernel/ids.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { ada, bea, type Held, logIn, signUp } from '../support/people.ts';
import type { TestServer } from '../support/server.ts';

/** Ada is signed in here and there, Bea once, and there is an administrator. */
export interface Scene {
  readonly server: TestServer;
  readonly call: Call;
  readonly admin: string;
  readonly rootId: UserId;
  readonly here: Held;
  readonly there: Held;
  readonly bea: Held;
  /** Of `here`: a refresh token whose successor has long been out. */
  readonly stale: string;
}

export type Place = 'here' | 'there';

export interface Revocation {
  readonly revoke: (scene: Scene) => Promise<unknown>;
  /** Which of Ada's sessions it ends; every other session lives on. */
  readonly ends: readonly Place[];
  readonly reason: string;
  /** Whom the record names. */
  readonly by: 'ada' | 'root' | 'nobody';
  /** Whether a sign-in that was under way must not outlive it either. */
  readonly allOfUser?: true;
}

export async function setScene(server: TestServer): Promise<Scene> {
  const call = createClient(server.url);
  const admin = await server.admin();
  const rootId: UserId = (await call('GET', '/user', { token: admin })).body.id;
  const first = await signUp(call);
  const there = await logIn(call);
  const refreshed = await done(call('POST', '/refresh-access-token', { json: { refresh_token: first.refreshToken } }));
  const here = { ...first, accessToken: refreshed.body.access_token, refreshToken: refreshed.body.refresh_token };
  const neighbour = await signUp(call, bea);
  server.clock.advance(10_000);
  await server.newEvents();
  return { server, call, admin, rootId, here, there, bea: neighbour, stale: first.refreshToken };
}

/** An answer that must be a success. */
async function done(answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering;
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

export const newPassword = bea.password;

const byAccess = ({ accessToken }: Held): CallOptions => ({ token: accessToken });
const byCookie = ({ refreshToken }: Held): CallOptions => ({ cookie: refreshToken });
const byBody = ({ refreshToken }: Held): CallOptions => ({ json: { refresh_token: refreshToken } });
const everywhere = (options: CallOptions): CallOptions => ({
  ...options,
  json: { ...(options.json as object), all_devices: true },
});

const logOut = (credential: (held: Held) => CallOptions): Revocation => ({
  revoke: ({ call, here }) => done(call('POST', '/logout', credential(here))),
  ends: ['here'],
  reason: 'logout',
  by: 'ada',
});

const logOutEverywhere = (credential: (held: Held) => CallOptions): Revocation => ({
  revoke: ({ call, here }) => done(call('POST', '/logout', everywhere(credential(here)))),
  ends: ['here', 'there'],
  reason: 'logout-all',
  by: 'ada',
  allOfUser: true,
});

/** RFC 7009. */
const revoking = (tokenOf: (held: Held) => string): Revocation => ({
  revoke: ({ call, here }) => done(call('POST', '/revoke', { form: { token: tokenOf(here) } })),
  ends: ['here'],
  reason: 'revoked',
  by: 'ada',
});

const deletion = (by: Revocation['by'], revoke: Revocation['revoke']): Revocation => ({
  revoke,
  ends: ['here', 'there'],
  reason: 'user-deleted',
  by,
  allOfUser: true,
});

const disabling = (by: Revocation['by'], revoke: Revocation['revoke']): Revocation => ({
  revoke,
  ends: ['here', 'there'],
  reason: 'user-disabled',
  by,
  allOfUser: true,
});

const endingOne = (by: Revocation['by'], revoke: Revocation['revoke']): Revocation => ({
  revoke,
  ends: ['there'],
  reason: 'ended-by-admin',
  by,
});

const endingAll = (by: Revocation['by'], revoke: Revocation['revoke']): Revocation => ({
  revoke,
  ends: ['here', 'there'],
  reason: 'ended-by-admin',
  by,
  allOfUser: true,
});

const operator = undefined;

export const revocations: Readonly<Record<string, Revocation>> = {
  'logout by access token': logOut(byAccess),
  'logout by cookie': logOut(byCookie),
  'logout by refresh token': logOut(byBody),
  'logout of all devices by access token': logOutEverywhere(byAccess),
  'logout of all devices by cookie': logOutEverywhere(byCookie),
  'logout of all devices by refresh token': logOutEverywhere(byBody),
  'revoking the access token': revoking(({ accessToken }) => accessToken),
  'revoking the refresh token': revoking(({ refreshToken }) => refreshToken),
  'ending one of their own': {
    revoke: ({ call, here, there }) =>
      done(call('DELETE', `/sessions/${there.sessionId}`, { token: here.accessToken })),
    ends: ['there'],
    reason: 'ended-by-owner',
    by: 'ada',
  },
  'ending all others of their own': {
    revoke: ({ call, here }) => done(call('DELETE', '/sessions', { token: here.accessToken })),
    ends: ['there'],
    reason: 'ended-by-owner',
    by: 'ada',
    allOfUser: true,
  },
  'a change of the password': {
    revoke: ({ call, here }) => {
      const json = { current_password: ada.password, new_password: newPassword };
      return done(call('POST', '/user/password', { token: here.accessToken, json }));
    },
    ends: ['there'],
    reason: 'password-changed',
    by: 'ada',
    allOfUser: true,
  },
  'a password from the operator': {
    revoke: ({ server, here }) => server.features.accounts.setPassword({ id: here.id, password: newPassword }),
    ends: ['here', 'there'],
    reason: 'password-changed',
    by: 'nobody',
    allOfUser: true,
  },
  'disabling by an administrator': disabling('root', ({ call, admin, here }) =>
    done(call('POST', `/users/${here.id}/disable`, { token: admin })),
  ),
  'disabling by the operator': disabling('nobody', ({ server, here }) =>
    server.features.accounts.disabling.disable({ id: here.id, by: operator }),
  ),
  'deletion by themselves': deletion('ada', ({ call, here }) =>
    done(call('DELETE', `/users/${here.id}`, { token: here.accessToken })),
  ),
  'deletion by an administrator': deletion('root', ({ call, admin, here }) =>
    done(call('DELETE', `/users/${here.id}`, { token: admin })),
  ),
  'deletion by the operator': deletion('nobody', ({ server, here }) =>
    server.features.accounts.delete({ id: here.id, by: operator }),
  ),
  'one session by an administrator': endingOne('root', ({ call, admin, there }) =>
    done(call('DELETE', `/users/${there.id}/sessions/${there.sessionId}`, { token: admin })),
  ),
  'one session by the operator': endingOne('nobody', ({ server, there }) =>
    server.features.sessions.ofUser.endOne({
      user: there.id,
      session: asSessionId(there.sessionId),
      by: operator,
    }),
  ),
  'all sessions by an administrator': endingAll('root', ({ call, admin, here }) =>
    done(call('DELETE', `/users/${here.id}/sessions`, { token: admin })),
  ),
  'all sessions by the operator': endingAll('nobody', ({ server, here }) =>
    server.features.sessions.ofUser.endAll({ user: here.id, by: operator }),
  ),
  theft: {
    revoke: async ({ call, stale }) => {
      const { body } = await call('POST', '/refresh-access-token', { json: { refresh_token: stale } });
      assert.equal(body.code, 'refresh-token-reused');
    },
    ends: ['here'],
    reason: 'stolen',
    by: 'nobody',
  },
};
