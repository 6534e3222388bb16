/** `GET /status/feed`: whoever follows it hears of each revocation, on whatever node it was made. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { followFeed, revokes } from '../support/feed.ts';
import { createTestFolder } from '../support/folder.ts';
import { bea, logIn, signUp } from '../support/people.ts';
import { startServerProcess } from '../support/process.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { statusOf } from '../support/status.ts';
import { send } from '../support/wire.ts';

test('a verifier hears who speaks, which keys there are, what was revoked, and what is revoked next', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const [gone, stays] = [await signUp(call), await logIn(call)];
  await call('POST', '/logout', { token: gone.accessToken });
  await using feed = await followFeed(server.url);
  assert.equal(feed.response.headers.get('content-type'), 'text/event-stream');
  assert.equal(feed.response.headers.get('cache-control'), 'no-store');
  assert.equal(feed.response.headers.get('x-accel-buffering'), 'no');
  await feed.until(revokes(statusOf(gone)));
  const [key] = (await call('GET', '/.well-known/jwks.json')).body.keys;
  assert.deepEqual(feed.events, [
    { name: 'hello', data: { issuer: 'http://localhost:8000', beat_seconds: 5, replay_seconds: 120 } },
    { name: 'keys', data: { kids: [key.kid] } },
    { name: 'revoked', data: { uri: statusOf(gone).uri, idx: [statusOf(gone).idx] } },
  ]);

  await call('POST', '/logout', { token: stays.accessToken });
  await feed.until(revokes(statusOf(stays)));
  server.clock.advance(5_000);
  await feed.until(({ name }) => name === 'beat');
  await server.features.keys.revoke(key.kid);
  server.clock.advance(1_000);
  const keys = await feed.until(({ name, data }) => name === 'keys' && !data.kids.includes(key.kid));
  assert.equal(keys.data.kids.length, 1);
});

test('two nodes on one database: what is revoked on one is heard on the other', async () => {
  const db = await openTestDatabase();
  {
    await using a = await startServer({ db });
    await using b = await startServer({ db, clock: a.clock });
    const callA = createClient(a.url);
    const [held, other] = [await signUp(callA), await signUp(callA, bea)];
    await using feed = await followFeed(b.url);
    await callA('POST', '/logout', { token: held.accessToken });
    await feed.until(revokes(statusOf(held)));
    await callA('DELETE', `/users/${other.id}`, { token: other.accessToken });
    await feed.until(revokes(statusOf(other)));
  }
  await db.close();
});

test('a thousand sessions of one user, deleted, are heard of each', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { id, accessToken } = await signUp(call);
  const times = { created_at: 1, rotated_at: 1, expires_at: 9e12, idle_expires_at: 9e12 };
  const rows = Array.from({ length: 1_500 }, (_, at) => ({
    ...{ id: `made-${at}`, user_id: id, generation: 0, token_hash: `${at}`, ip: '', user_agent: '' },
    ...{ ...times, status_index: 1_000 + at },
  }));
  await behind(server.db, (builder) => builder.insertInto('sessions').values(rows));
  await using feed = await followFeed(server.url);
  await call('DELETE', `/users/${id}`, { token: accessToken });
  await feed.until(revokes({ uri: 'http://localhost:8000/status/lists/0', idx: 2_499 }));
  const heard = feed.events.flatMap(({ name, data }) => (name === 'revoked' ? data.idx : []));
  assert.deepEqual(heard, [1, ...rows.map(({ status_index }) => status_index)]);
});

describe('those who may follow', () => {
  test('are as many as the setting says; the next is told to come back, and one who leaves makes room', async () => {
    await using server = await startServer({ env: { STATUS_FEED_MAX_SUBSCRIBERS: '2' } });
    const call = createClient(server.url);
    await using _one = await followFeed(server.url);
    const two = await followFeed(server.url);
    const answer = await call('GET', '/status/feed', { headers: { origin: 'https://stranger.test' } });
    assertProblem(answer, 503, 'too-many-subscribers');
    assert.equal(answer.headers.get('retry-after'), '30');
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    await two[Symbol.asyncDispose]();
    await using _three = await persistently(() => followFeed(server.url));
  });

  test('are none where the setting is 0', async () => {
    await using server = await startServer({ env: { STATUS_FEED_MAX_SUBSCRIBERS: '0' } });
    assertProblem(await createClient(server.url)('GET', '/status/feed'), 503, 'too-many-subscribers');
  });

  test('attack: one address takes twenty seats, also when it asks for them all on one connection', async () => {
    await using server = await startServer();
    const socket = await open(server, 'GET /status/feed HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(25));
    await until(socket, /event: hello/);
    assertProblem(await createClient(server.url)('GET', '/status/feed'), 503, 'too-many-subscribers');
    socket.destroy();
    await using _ = await persistently(() => followFeed(server.url));
  });
});

test('attack: other methods and strange requests begin no stream, and leave none behind', async () => {
  await using server = await startServer({ env: { STATUS_FEED_MAX_SUBSCRIBERS: '1' } });
  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
    assert.equal((await send(server.url, { method, path: '/status/feed' })).status, 405, method);
  }
  for (const path of ['/status/feed/', '/status/feed/x', '//status/feed', '/status/FEED']) {
    assert.equal((await send(server.url, { path })).status, 404, path);
  }
  for (const query of ['?last=1', '?%00', `?${'x'.repeat(4_000)}`]) {
    await using _ = await persistently(() => followFeedAt(server, query));
  }
  const headers = [
    'last-event-id: 7',
    'accept: application/json',
    'range: bytes=5-',
    'expect: 100-continue',
    'te: gzip',
  ];
  for (const header of headers) {
    await using _ = await persistently(() => followFeedAt(server, '', header));
  }
  assert.ok(!server.log.some((line) => line.includes('"level":50')));
});

describe('a server that stops', () => {
  test('ends every stream at once, also of those who read nothing, and waits for none', async () => {
    const server = await startServer();
    const silent = await open(server, 'GET /status/feed HTTP/1.1\r\nhost: a\r\n\r\n');
    await until(silent, /event: keys/);
    silent.pause();
    silent.on('error', () => {});
    await using feed = await followFeed(server.url);
    await feed.until(({ name }) => name === 'keys');
    await server[Symbol.asyncDispose]();
    await feed.ended;
    silent.destroy();
  });

  test('by a signal ends as if nobody followed', async () => {
    using folder = createTestFolder();
    const server = await startServerProcess({ dataDir: folder.path });
    await using feed = await followFeed(server.url);
    await feed.until(({ name }) => name === 'keys');
    assert.equal(await server.stop(), 0);
    await feed.ended;
  });
});

/** Follows the feed by bytes of its own. */
async function followFeedAt(server: TestServer, query: string, header = 'accept: */*'): Promise<AsyncDisposable> {
  const socket = await open(server, `GET /status/feed${query} HTTP/1.1\r\nhost: a\r\n${header}\r\n\r\n`);
  await until(socket, /event: keys/);
  return { [Symbol.asyncDispose]: async () => void socket.destroy() };
}

function open({ url }: TestServer, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(bytes);
  return new Promise((resolve, reject) => socket.once('connect', () => resolve(socket)).once('error', reject));
}

/** Reads until it has read this. */
async function until(socket: Socket, what: RegExp): Promise<void> {
  let text = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const end = (): void => reject(new Error(`it did not come, but: ${text}`));
  const read = (piece: Buffer): void => {
    text += piece;
    if (what.test(text)) resolve();
    else if (text.startsWith('HTTP/1.1 5')) end();
  };
  socket.on('data', read).once('close', end);
  await promise;
  socket.off('data', read).off('close', end);
}

/** Again until it works: a place is free when the server has noticed that somebody has left. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    try {
      return await work();
    } catch {
      await sleep(25);
    }
  }
  return work();
}
