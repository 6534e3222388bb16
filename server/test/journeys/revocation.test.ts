/**
 * Revocation on every path: what a revocation ends is dead with the next request, at every door, on every node, after a restart; and it
 * ends nothing else.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import { type Held, lives } from '../support/people.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { bitOf, statusOf } from '../support/status.ts';
import { type Place, type Revocation, revocations, type Scene, setScene } from './revocations.ts';

/** Every door at which a token is shown: whether it opens. What stays shut must say so in the right words. */
const doors: Readonly<Record<string, (call: Call, held: Held, admin: string) => Promise<boolean>>> = {
  'GET /user': async (call, { accessToken: token }) => {
    const answer = await call('GET', '/user', { token });
    if (answer.status !== 200) assertProblem(answer, 401, 'invalid-token');
    return answer.status === 200;
  },
  'GET /refresh-access-token': async (call, { refreshToken: cookie }) => {
    const answer = await call('GET', '/refresh-access-token', { cookie });
    if (answer.status !== 200) assertProblem(answer, 401, 'invalid-refresh-token');
    return answer.status === 200;
  },
  'POST /refresh-access-token': async (call, { refreshToken }) => {
    const answer = await call('POST', '/refresh-access-token', { json: { refresh_token: refreshToken } });
    if (answer.status !== 200) assertProblem(answer, 401, 'invalid-refresh-token');
    return answer.status === 200;
  },
  'POST /token': async (call, { refreshToken }) => {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const answer = await call('POST', '/token', { form });
    if (answer.status !== 200) assertOAuthError(answer, 400, 'invalid_grant');
    return answer.status === 200;
  },
  'POST /introspect, the access token': (call, { accessToken }, admin) => isActive(call, accessToken, admin),
  'POST /introspect, the refresh token': (call, { refreshToken }, admin) => isActive(call, refreshToken, admin),
};

async function isActive(call: Call, token: string, admin: string): Promise<boolean> {
  const { status, body } = await call('POST', '/introspect', { token: admin, form: { token } });
  assert.equal(status, 200);
  if (!body.active) assert.deepEqual(body, { active: false });
  return body.active;
}

/** @param fates of sessions: whether each must live */
async function assertAtEveryDoor(
  node: TestServer,
  { admin }: Scene,
  fates: ReadonlyMap<Held, boolean>,
  where: string,
): Promise<void> {
  const call = createClient(node.url);
  for (const [held, alive] of fates) {
    for (const [door, opens] of Object.entries(doors)) {
      assert.equal(await opens(call, held, admin), alive, `${where}, ${door}, session of user ${held.id}`);
    }
  }
}

/** What a status list says may be five seconds old. */
const listAgeMs = 5_000;

/** The bit of each session in the status list of a node: 1 once it is over, whatever its token says. */
async function assertBits(node: TestServer, fates: ReadonlyMap<Held, boolean>, where: string): Promise<void> {
  for (const [held, alive] of fates) {
    const bit = await bitOf(node.url, statusOf(held), node.clock.now());
    assert.equal(bit, alive ? 0 : 1, `${where}, the status list, session of user ${held.id}`);
  }
}

function fatesOf(scene: Scene, { ends }: Revocation): Map<Held, boolean> {
  const fate = (place: Place): [Held, boolean] => [scene[place], !ends.includes(place)];
  return new Map([fate('here'), fate('there'), [scene.bea, true]]);
}

/** Who ended which session, and why: each that ended once, and no other. */
async function assertRecorded({ server, ...scene }: Scene, { ends, reason, by }: Revocation): Promise<void> {
  const endings = (await server.newEvents()).filter(({ event }) => /^session\.(?:ended|stolen)$/.test(event));
  const actor = { ada: scene.here.id, root: scene.rootId, nobody: undefined }[by];
  const told = endings.map((it) => [it.session, it.subject, it.actor, it.reason ?? it.event.replace('session.', '')]);
  assert.deepEqual(
    told.map((it) => it.join()).sort(),
    ends.map((place) => [scene[place].sessionId, scene.here.id, actor, reason].join()).sort(),
  );
}

describe('is dead at every door, on this node and another, and after a restart', () => {
  for (const [name, revocation] of Object.entries(revocations)) {
    test(name, async () => {
      await using server = await startServer();
      const { db, clock } = server;
      const scene = await setScene(server);
      const fates = fatesOf(scene, revocation);
      {
        await using other = await startServer({ db, clock });
        // Both nodes have seen every token, so that one which only remembered would be caught.
        for (const node of [server, other]) {
          for (const held of fates.keys()) assert.equal(await lives(createClient(node.url), held), true);
          await assertBits(node, new Map([...fates.keys()].map((held) => [held, true])), 'before');
        }
        await revocation.revoke(scene);
        await assertRecorded(scene, revocation);
        await assertAtEveryDoor(other, scene, fates, 'on the other node');
        await assertAtEveryDoor(server, scene, fates, 'on this node');
        clock.advance(listAgeMs);
        await assertBits(other, fates, 'on the other node');
        await assertBits(server, fates, 'on this node');
      }
      await using restarted = await startServer({ db, clock });
      await assertAtEveryDoor(restarted, scene, fates, 'after a restart');
      await assertBits(restarted, fates, 'after a restart');
      assert.deepEqual(await server.newEvents(), [], 'a dead token that is shown is no event');
    });
  }
});

test('what was ended stays dead when its user is enabled or restored', async () => {
  await using server = await startServer();
  const scene = await setScene(server);
  const { here, there, bea } = scene;
  const { disabling, restore, ...accounts } = server.features.accounts;
  const dead = new Map([
    [here, false],
    [there, false],
    [bea, true],
  ]);
  await disabling.disable({ id: here.id, by: undefined });
  await disabling.enable({ id: here.id, by: undefined });
  await assertAtEveryDoor(server, scene, dead, 'enabled again');
  await accounts.delete({ id: here.id, by: undefined });
  await restore({ id: here.id, by: undefined });
  await assertAtEveryDoor(server, scene, dead, 'restored');
});
