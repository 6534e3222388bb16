/** What has begun before a revocation and commits after it must lose: refreshes and sign-ins, against each kind of revocation. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { createPausingDatabase, type PausePoint } from '../support/pausing-database.ts';
import { ada, type Held, lives, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { newPassword, type Revocation, revocations, type Scene, setScene } from './revocations.ts';

interface Race extends Scene {
  readonly slow: Call;
  readonly node: TestServer;
  pauseAt: ReturnType<typeof createPausingDatabase>['pauseAt'];
  /** Where a transaction can be held that another one is to overtake. On SQLite one that has begun excludes every other. */
  readonly beforeItsWrite: PausePoint;
}

/** A scene, and a second node whose transactions are held by hand. */
async function withRace(race: (scene: Race) => Promise<void>): Promise<void> {
  await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
  const { clock } = server;
  const { db, pauseAt } = createPausingDatabase(server.db);
  await using node = await startServer({ db, clock, env: { RATE_LIMITS: 'off' } });
  const beforeItsWrite = server.db.dialect.rowLocks ? 'read' : 'begin';
  await race({ ...(await setScene(server)), slow: createClient(node.url), node, pauseAt, beforeItsWrite });
}

const refresh = (call: Call, refreshToken: string) =>
  call('POST', '/refresh-access-token', { json: { refresh_token: refreshToken } });

const login = (call: Call, password = ada.password) => call('POST', '/login', { json: { email: ada.email, password } });

const victimOf = (scene: Scene, { ends: [place = 'here'] }: Revocation) => scene[place];

/** What a client was given that came first is worth nothing now. */
async function assertWorthless({ call, slow }: Race, { status, body }: Answer): Promise<void> {
  assert.equal(status, 200);
  for (const node of [call, slow]) {
    assert.equal(await lives(node, { accessToken: body.access_token }), false);
    assertProblem(await refresh(node, body.refresh_token), 401, 'invalid-refresh-token');
  }
}

describe('a refresh that has begun is overtaken by', () => {
  for (const [name, revocation] of Object.entries(revocations)) {
    test(`${name}: it is refused`, () =>
      withRace(async (scene) => {
        const { slow, pauseAt, beforeItsWrite } = scene;
        const pause = pauseAt(beforeItsWrite);
        const refreshing = refresh(slow, victimOf(scene, revocation).refreshToken);
        await pause.reached;
        await revocation.revoke(scene);
        pause.resume();
        assertProblem(await refreshing, 401, 'invalid-refresh-token');
      }));
  }
});

describe('a refresh that has rotated and not yet committed is worth nothing after', () => {
  for (const [name, revocation] of Object.entries(revocations)) {
    test(name, () =>
      withRace(async (scene) => {
        const { slow, pauseAt } = scene;
        const pause = pauseAt('write');
        const refreshing = refresh(slow, victimOf(scene, revocation).refreshToken);
        await pause.reached;
        const revoking = revocation.revoke(scene);
        // It waits for the refresh. Were it not to wait, it would be done by now, and the refresh would find it so.
        await sleep(30);
        pause.resume();
        await revoking;
        await assertWorthless(scene, await refreshing);
      }),
    );
  }
});

describe('a sign-in that has its session and not yet committed is worth nothing after', () => {
  for (const [name, revocation] of Object.entries(revocations)) {
    if (revocation.allOfUser !== true) continue;
    test(name, () =>
      withRace(async (scene) => {
        const { slow, pauseAt } = scene;
        const pause = pauseAt('write');
        const signingIn = login(slow);
        await pause.reached;
        const revoking = revocation.revoke(scene);
        await sleep(30);
        pause.resume();
        await revoking;
        await assertWorthless(scene, await signingIn);
      }),
    );
  }
});

describe('a sign-in with the old password that has begun is refused after', () => {
  for (const name of ['a change of the password', 'a password from the operator']) {
    test(name, () =>
      withRace(async (scene) => {
        const { call, slow, pauseAt } = scene;
        // The password has been proven; what is to come is the transaction that begins the session.
        const pause = pauseAt('begin');
        const signingIn = login(slow);
        await pause.reached;
        await revocations[name]?.revoke(scene);
        pause.resume();
        assertProblem(await signingIn, 401, 'invalid-credentials');
        assertProblem(await login(call), 401, 'invalid-credentials');
        assert.equal((await login(call, newPassword)).status, 200);
      }),
    );
  }
});

describe('a change of the password that has begun changes nothing after', () => {
  const json = { current_password: ada.password, new_password: newPassword };
  for (const [name, revocation] of Object.entries(revocations)) {
    if (name.includes('password')) continue;
    test(name, () =>
      withRace(async (scene) => {
        const { call, slow, pauseAt } = scene;
        const pause = pauseAt('begin');
        const { accessToken: token } = victimOf(scene, revocation);
        const changing = slow('POST', '/user/password', { token, json });
        await pause.reached;
        await revocation.revoke(scene);
        pause.resume();
        assertProblem(await changing, 401, 'invalid-token');
        assertProblem(await login(call, newPassword), 401, 'invalid-credentials');
      }),
    );
  }
});

describe('an administrator who was shut out while their request was under way', () => {
  const shuttingOut: Readonly<Record<string, (scene: Scene, held: Held) => Promise<unknown>>> = {
    disabled: ({ call, admin }, { id }) => call('POST', `/users/${id}/disable`, { token: admin }),
    deleted: ({ call, admin }, { id }) => call('DELETE', `/users/${id}`, { token: admin }),
    'logged out': ({ call }, { accessToken: token }) => call('POST', '/logout', { token }),
  };
  const acts: Readonly<Record<string, (call: Call, scene: Scene, token: string) => Promise<Answer>>> = {
    'disables nobody': (call, { bea }, token) => call('POST', `/users/${bea.id}/disable`, { token }),
    'deletes nobody': (call, { bea }, token) => call('DELETE', `/users/${bea.id}`, { token }),
    'ends nobody’s sessions': (call, { bea }, token) => call('DELETE', `/users/${bea.id}/sessions`, { token }),
    'ends nobody’s session': (call, { bea }, token) =>
      call('DELETE', `/users/${bea.id}/sessions/${bea.sessionId}`, { token }),
    'lets nobody in': (call, { here }, token) => call('POST', `/users/${here.id}/enable`, { token }),
  };
  for (const [how, shutOut] of Object.entries(shuttingOut)) {
    for (const [what, act] of Object.entries(acts)) {
      test(`${how}: ${what}`, () =>
        withRace(async (scene) => {
          const { call, server, slow, pauseAt, beforeItsWrite, here } = scene;
          const second = await signUp(call, { ...ada, username: 'cleo', email: 'cleo@example.com' });
          await server.features.roles.changeRole.assign({ user: second.id, role: 'admin' });
          await server.features.accounts.disabling.disable({ id: here.id, by: undefined });
          const pause = pauseAt(beforeItsWrite);
          const acting = act(slow, scene, second.accessToken);
          await pause.reached;
          await shutOut(scene, second);
          await server.newEvents();
          pause.resume();
          assertProblem(await acting, 401, 'invalid-token');
          assert.deepEqual(await server.newEvents(), []);
          assert.deepEqual([await lives(call, scene.bea), (await login(call)).status], [true, 401]);
        }));
    }
  }
});

describe('a login with the old password that comes just before the commit of', () => {
  /** On SQLite it waits for the commit; on a server it waits for the lock of the user, or finds them still disabled. */
  const assertRefused = (begin: (scene: Race) => Promise<readonly Promise<unknown>[]>) =>
    withRace(async (scene) => {
      const { call, pauseAt } = scene;
      const pause = pauseAt('commit');
      const under = await begin(scene);
      await pause.reached;
      const enabling = scene.server.features.accounts.disabling.enable({ id: scene.here.id, by: undefined });
      await Promise.race([enabling, sleep(50)]);
      const signingIn = login(call);
      await Promise.race([signingIn, sleep(50)]);
      pause.resume();
      await Promise.all([enabling, ...under]);
      assertProblem(await signingIn, 401, 'invalid-credentials');
      assertProblem(await login(call), 401, 'invalid-credentials');
      assert.equal((await login(call, newPassword)).status, 200);
    });

  test('a change of the password is refused', () =>
    assertRefused(async ({ slow, here: { accessToken: token } }) => {
      const json = { current_password: ada.password, new_password: newPassword };
      return [slow('POST', '/user/password', { token, json })];
    }));

  test('a password from the operator is refused, also to somebody who is enabled meanwhile', () =>
    assertRefused(async ({ server, node, here: { id } }) => {
      await server.features.accounts.disabling.disable({ id, by: undefined });
      return [node.features.accounts.setPassword({ id, password: newPassword })];
    }));
});
