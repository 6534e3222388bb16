/**
 * "Restart, kill -9 and key rotation under load cause no failed verification and no lost session": clients work against real processes,
 * and every token that they get is also verified by an outsider that only follows the feed.
 */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createVerifier, TokenRefused, type Verifier } from '../../../client/src/index.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { startPostgres } from '../support/databases/postgres.ts';
import { freePort } from '../support/databases/server-process.ts';
import { createTestFolder } from '../support/folder.ts';
import { takeApart } from '../support/forge.ts';
import { signUp } from '../support/people.ts';
import { allStarted, runCommand, type ServerProcess, startServerProcess } from '../support/process.ts';
import { createDatabaseOn, newcomer, runSql } from './ground.ts';

const clients = 6;
/** A client tries again for so long when it gets no answer: much less than the grace of its refresh token. */
const patienceMs = 8_000;

const kidOf = (token: string) => String(takeApart(token).header.kid);

/** The nodes, and a way to them that tries the next when one does not answer: what a balancer does. */
interface House {
  readonly nodes: (ServerProcess | undefined)[];
  readonly call: Call;
  readonly verifier: Verifier;
  readonly sql: (statement: string) => Promise<unknown>;
  readonly cli: (...words: string[]) => Promise<string>;
  /** SIGKILL, and up again at the same address. */
  crash(place: number): Promise<void>;
}

function callAnyOf(nodes: House['nodes']): Call {
  let turn = 0;
  return async (method, path, options) => {
    const end = performance.now() + patienceMs;
    for (;;) {
      turn += 1;
      const node = nodes[turn % nodes.length];
      const answer = await (node && createClient(node.url)(method, path, options).catch(() => undefined));
      if (answer !== undefined && answer.status !== 503) return answer;
      if (performance.now() > end) throw new Error(`${method} ${path}: no answer`);
      await sleep(20);
    }
  };
}

async function inHouse(databaseUrl: string | undefined, count: number, body: (house: House) => Promise<void>) {
  using folder = createTestFolder();
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  const issuer = `http://127.0.0.1:${ports[0]}`;
  const env = { PUBLIC_URL: issuer, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
  const options = { dataDir: folder.path, env };
  const start = (port: number) => startServerProcess({ ...options, port });
  const nodes: House['nodes'] = await allStarted(ports.map(start));
  const verifier = createVerifier({ issuer });
  const sql = async (statement: string): Promise<unknown> => {
    if (databaseUrl !== undefined) return runSql(databaseUrl, statement);
    using file = new DatabaseSync(folder.file('keyward.db'), { timeout: 5_000 });
    return file.exec(statement);
  };
  const cli = async (...words: string[]): Promise<string> => {
    const { code, out, err } = await runCommand(words, options);
    assert.deepEqual([code, err], [0, '']);
    return out;
  };
  const crash = async (place: number): Promise<void> => {
    await nodes[place]?.kill();
    nodes[place] = undefined;
    nodes[place] = await start(ports[place] ?? 0);
  };
  try {
    await verifier.ready();
    await body({ nodes, call: callAnyOf(nodes), verifier, sql, cli, crash });
  } finally {
    verifier.close();
    for (const node of nodes) await node?.[Symbol.asyncDispose]();
  }
}

/** What a client has seen go wrong; nothing, if all is well. */
interface Report {
  readonly failed: readonly string[];
  readonly verified: number;
  readonly kids: ReadonlySet<string>;
}

/** Reads, refreshes and lets its token be verified, until told to stop. */
async function work({ call, verifier }: House, isOver: () => boolean): Promise<Report> {
  const failed: string[] = [];
  const kids = new Set<string>();
  let verified = 0;
  const expect = (what: string, { status, body }: Answer) => {
    if (status !== 200) failed.push(`${what}: ${status} ${body.code}`);
  };
  const held = await signUp(call, newcomer());
  let { accessToken: token, refreshToken: refresh_token } = held;
  while (!isOver() && failed.length === 0) {
    kids.add(kidOf(token));
    await verifier.verify(token).then(
      () => {
        verified += 1;
      },
      (error: TokenRefused) => failed.push(`verify: ${error.code}`),
    );
    expect('read', await call('GET', '/user', { token }));
    const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token } });
    expect('refresh', refreshed);
    ({ access_token: token, refresh_token } = refreshed.body);
    await sleep(5);
  }
  return { failed, verified, kids };
}

/** The quarter of an hour for which a key is published before it signs is shortened behind the server's back to this. */
const publishedMs = 2_500;

async function rotate({ cli, sql }: House): Promise<string> {
  const { kid } = JSON.parse(await cli('keys', 'rotate', '--json')) as { kid: string };
  await sql(`update signing_keys set signs_from = ${Date.now() + publishedMs} where kid = '${kid}'`);
  await sleep(publishedMs);
  return kid;
}

async function liveThrough(t: TestContext, house: House): Promise<void> {
  let over = false;
  const working = Promise.all(Array.from({ length: clients }, () => work(house, () => over)));
  const made: string[] = [];
  // An outsider that starts while the issuer is down knows nothing; one that has been there lives through it.
  await Promise.race([working, sleep(1_000)]);
  try {
    for (let round = 0; round < 2; round += 1) {
      const rotating = rotate(house);
      await house.crash(round % house.nodes.length);
      made.push(await rotating);
      await Promise.race([working, sleep(1_500)]);
      await house.crash((round + 1) % house.nodes.length);
      await Promise.race([working, sleep(500)]);
    }
  } finally {
    over = true;
  }
  const reports = await working;
  assert.deepEqual(
    reports.flatMap(({ failed }) => failed),
    [],
  );
  for (const { kids } of reports)
    for (const kid of made) assert.ok(kids.has(kid), 'each client had tokens of each key');
  t.diagnostic(`${reports.reduce((sum, { verified }) => sum + verified, 0)} verifications, 4 crashes, 2 rotations`);
}

/** "Within a second" is what the feed gives; after a crash it comes back by itself. */
async function untilFeedStands({ verifier }: House): Promise<void> {
  const end = performance.now() + 20_000;
  while (verifier.state().mode !== 'feed') {
    assert.ok(performance.now() < end, `the feed does not come back: ${verifier.state().fault}`);
    await sleep(50);
  }
}

/** After the emergency: dead within a second on every node and for the outsider; the session goes on. */
async function revokeInEmergency({ nodes, call, verifier, cli }: House): Promise<void> {
  const held = await signUp(call, newcomer());
  await verifier.verify(held.accessToken);
  await cli('keys', 'revoke', kidOf(held.accessToken));
  await sleep(1_000);
  for (const node of nodes) {
    assert.ok(node);
    assert.equal((await createClient(node.url)('GET', '/user', { token: held.accessToken })).status, 401);
  }
  await assert.rejects(verifier.verify(held.accessToken), TokenRefused);
  const json = { refresh_token: held.refreshToken };
  const { status, body } = await call('POST', '/refresh-access-token', { json });
  assert.equal(status, 200);
  assert.equal((await verifier.verify(body.access_token)).sub, String(held.id));
}

/** From the answer to the logout on, for an outsider that asks nobody. */
async function revokeSession({ call, verifier }: House): Promise<void> {
  const held = await signUp(call, newcomer());
  await verifier.verify(held.accessToken);
  assert.equal((await call('POST', '/logout', { token: held.accessToken })).status, 200);
  await sleep(1_000);
  await assert.rejects(verifier.verify(held.accessToken), { code: 'revoked' });
}

test('one node on SQLite: crashes and rotations under load fail no verification and lose no session', async (t) => {
  await inHouse(undefined, 1, async (house) => {
    await liveThrough(t, house);
    await untilFeedStands(house);
    await revokeSession(house);
    await revokeInEmergency(house);
  });
});

test('two nodes on PostgreSQL: crashes and rotations under load fail no verification and lose no session', async (t) => {
  const postgres = await startPostgres();
  if ('missing' in postgres) return t.skip(`NOT RUN: ${postgres.missing}`);
  try {
    await inHouse(await createDatabaseOn(postgres.url), 2, async (house) => {
      await liveThrough(t, house);
      await untilFeedStands(house);
      await revokeSession(house);
      await revokeInEmergency(house);
    });
  } finally {
    await postgres.close();
  }
});
