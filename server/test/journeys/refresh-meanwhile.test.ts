/** A refresh reads, decides, and updates. What others do between the two must end as if one had come wholly before the other. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { createPausingDatabase } from '../support/pausing-database.ts';
import { lives } from '../support/people.ts';
import { piecewise } from '../support/piecewise-database.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';
import { revocations, type Scene, setScene } from './revocations.ts';

interface Held {
  readonly refreshToken: string;
}

const refresh = (call: Call, { refreshToken }: Held) =>
  call('POST', '/refresh-access-token', { json: { refresh_token: refreshToken } });

const successorIn = ({ body }: Answer): Held => ({ refreshToken: body.refresh_token });

const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

async function generationOf({ server }: Scene, sessionId: string): Promise<number | undefined> {
  const rows = await behind<{ generation: number }>(server.db, (db) =>
    db.selectFrom('sessions').select('generation').where('id', '=', sessionId),
  );
  return rows[0]?.generation;
}

/** The answer to a refresh, and what was recorded from its read to its end. */
interface Outcome {
  readonly answer: Answer;
  readonly scene: Scene;
  readonly events: readonly string[];
}

/** Lets `meanwhile` happen when a refresh on another node has read and not yet updated anything. */
async function overtake(
  meanwhile: (scene: Scene) => Promise<unknown>,
  check: (outcome: Outcome) => Promise<void>,
  { place = 'there', env = {} }: { place?: 'here' | 'there'; env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  await using server = await startServer({ env: { RATE_LIMITS: 'off', ...env } });
  const { db, pauseAt } = createPausingDatabase(piecewise(server.db));
  await using node = await startServer({ db, clock: server.clock, env: { RATE_LIMITS: 'off', ...env } });
  const scene = await setScene(server);
  const pause = pauseAt('read');
  const answering = refresh(createClient(node.url), scene[place]);
  await pause.reached;
  await meanwhile(scene);
  pause.resume();
  const answer = await answering;
  await check({ answer, scene, events: (await server.newEvents()).map(({ event }) => event) });
}

const assertTheft = async ({ answer, scene, events }: Outcome): Promise<void> => {
  assertProblem(answer, 401, 'refresh-token-reused');
  assert.deepEqual(events, ['session.stolen']);
  assert.equal(await lives(scene.call, scene.there), false);
  assert.equal(await lives(scene.call, scene.here), true);
};

describe('between the read and the update of a refresh comes', () => {
  for (const [name, { revoke, ends }] of Object.entries(revocations)) {
    test(`${name}: it is refused, and not taken for theft itself`, () =>
      overtake(
        revoke,
        async ({ answer, scene, events }) => {
          assertProblem(answer, 401, 'invalid-refresh-token');
          assert.equal(events.filter((event) => event === 'session.stolen').length, Number(name === 'theft'));
          for (const place of ends) assert.equal(await lives(scene.call, scene[place]), false);
        },
        { place: ends[0] ?? 'here' },
      ));
  }

  test('another refresh of the same token: both get the same successor, and the chain is one step longer', async () => {
    let first: Answer | undefined;
    await overtake(
      async ({ call, there }) => {
        first = await refresh(call, there);
      },
      async ({ answer, scene, events }) => {
        assert.deepEqual([first?.status, answer.status], [200, 200]);
        assert.equal(answer.body.refresh_token, first?.body.refresh_token);
        assert.equal(await generationOf(scene, scene.there.sessionId), 1);
        assert.deepEqual(events, []);
        assert.equal((await refresh(scene.call, successorIn(answer))).status, 200);
      },
    );
  });

  test('another refresh of the same token, and the end of the grace: theft, recorded once', () =>
    overtake(async ({ call, there, server }) => {
      await refresh(call, there);
      server.clock.advance(10_000);
    }, assertTheft));

  test('two steps of the chain: theft, recorded once', () =>
    overtake(async ({ call, there }) => refresh(call, successorIn(await refresh(call, there))), assertTheft));

  test('another refresh of the same token, where there is no grace: theft, recorded once', () =>
    overtake(({ call, there }) => refresh(call, there), assertTheft, { env: { REFRESH_GRACE_SECONDS: '0' } }));

  test('a role: the token tells what was so when it was asked for, the next one tells the role', () =>
    overtake(
      async ({ call, admin, there }) => {
        const json = { name: 'editor', permissions: ['users:read'] };
        const { body } = await call('POST', '/users/roles', { token: admin, json });
        const given = await call('PUT', `/users/${there.id}/roles`, { token: admin, json: { roles: [body.data.id] } });
        assert.equal(given.status, 200);
      },
      async ({ answer, scene }) => {
        assert.equal(answer.status, 200);
        assert.deepEqual(payloadOf(answer.body.access_token).roles, []);
        const next = await refresh(scene.call, successorIn(answer));
        assert.deepEqual(payloadOf(next.body.access_token).roles, ['editor']);
        assert.deepEqual(payloadOf(next.body.access_token).permissions, ['users:read']);
      },
    ));
});
