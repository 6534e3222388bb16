/** GET /audit and its sisters: who may read the record, what of it, page by page, and as a whole. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tx } from '../../src/db/database.ts';
import { readKeyText, verifyExport } from '../../src/features/audit/index.ts';
import { builtInPermissions } from '../../src/features/roles/policy.ts';
import { asApiKeyId } from '../../src/kernel/ids.ts';
import { checkExport, exported, publicKeys, startSealedServer } from '../support/audit.ts';
import { type Call, createClient } from '../support/client.ts';
import { ada, bea, giveRole, logIn, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const addresses = ['/audit', '/audit/export', '/audit/checkpoints', '/audit/checkpoints/latest'];

/** A server with a record, and somebody who may read it and nothing else. */
async function startWithReader() {
  const server = await startSealedServer();
  const call = createClient(server.url);
  const cleo = { ...ada, username: 'cleo', email: 'cleo@example.com' };
  const held = await signUp(call, cleo);
  await giveRole(server, held.id, 'auditor', ['audit:read']);
  await server.seal();
  const get = (path: string) => call('GET', path, { token: held.accessToken });
  return { server, call, get, reader: held, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

interface Told {
  readonly id: number;
  readonly at: string;
}

/** Every page, one after the other. */
async function pages(get: (path: string) => ReturnType<Call>, query: string): Promise<Told[][]> {
  const found: Told[][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await get(`/audit?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    assert.equal(status, 200);
    found.push(body.events);
    cursor = body.next_cursor;
  }
  return found;
}

describe('who may read the record', () => {
  for (const path of addresses) {
    test(`${path}: nobody without a token, nor with all other permissions`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      const others = Object.keys(builtInPermissions).filter((name) => name !== 'audit:read');
      await giveRole(server, held.id, 'all but this', others);
      assertProblem(await call('GET', path), 401, 'missing-credentials');
      const refused = await call('GET', path, { token: held.accessToken });
      assertProblem(refused, 403, 'insufficient-permission');
      assert.match(refused.headers.get('www-authenticate') ?? '', /scope="audit:read"/);
      assert.deepEqual(await server.newEvents(), []);
    });
  }

  test('by no method can anything be changed or removed', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    for (const path of [...addresses, '/audit/1']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status } = await call(method, path, { token, json: {} });
        assert.equal(status, path === '/audit/1' ? 404 : 405, `${method} ${path}`);
      }
    }
  });
});

test('an event is told with all that is known of it', async () => {
  await using world = await startWithReader();
  const { body } = await world.get('/audit?event=session.ended');
  const [event] = body.events;
  const { uid, session, seq, id, at, ...rest } = event;
  assert.match(uid, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.match(session, /^[\w-]{22}$/);
  assert.ok(seq > 4 && id > 4);
  assert.equal(new Date(at).toISOString(), at);
  assert.deepEqual(rest, {
    event: 'session.ended',
    outcome: 'success',
    reason: 'logout',
    actor: 2,
    subject: 2,
    api_key: null,
    ip: '127.0.0.1',
    object: null,
    note: null,
  });
  assert.equal(body.next_cursor, null);
});

describe('pages', () => {
  test('come newest first, or oldest first; together they are everything, once', async () => {
    await using world = await startWithReader();
    const all = (await pages(world.get, 'limit=200')).flat();
    assert.ok(all.length > 12);
    for (const limit of [1, 3, 5]) {
      const parts = await pages(world.get, `limit=${limit}`);
      assert.ok(parts.slice(0, -1).every((part) => part.length === limit));
      assert.deepEqual(parts.flat(), all);
      assert.deepEqual((await pages(world.get, `limit=${limit}&order=asc`)).flat(), all.toReversed());
    }
    const times = all.map(({ at }) => at);
    assert.deepEqual(times, times.toSorted().toReversed());
  });

  test('keep their place while new events come', async () => {
    await using world = await startWithReader();
    const before = (await pages(world.get, 'limit=200')).flat();
    const first = (await world.get('/audit?limit=5')).body;
    world.server.clock.advance(1_000);
    await logIn(world.call, bea);
    const second = (await world.get(`/audit?limit=5&cursor=${first.next_cursor}`)).body;
    assert.deepEqual([...first.events, ...second.events], before.slice(0, 10));
  });

  test('a cursor is good for its own list and its own reader alone, and nobody makes one', async () => {
    await using world = await startWithReader();
    const { body } = await world.get('/audit?limit=2&event=session.started');
    const cursor: string = body.next_cursor;
    const forged = [
      `/audit?limit=2&cursor=${cursor}`,
      `/audit?limit=2&event=session.ended&cursor=${cursor}`,
      `/audit?event=session.started&order=asc&cursor=${cursor}`,
      `/audit?event=session.started&subject=1&cursor=${cursor}`,
      `/audit?event=session.started&cursor=${changed(cursor)}`,
      `/audit?event=session.started&cursor=${Buffer.from('{"at":0,"id":0}').toString('base64url')}`,
      '/audit?event=session.started&cursor=',
    ];
    for (const path of forged) assertProblem(await world.get(path), 422, 'invalid-cursor');
    const other = await world.server.admin();
    const path = `/audit?event=session.started&cursor=${cursor}`;
    assertProblem(await world.call('GET', path, { token: other }), 422, 'invalid-cursor');
    assert.equal((await world.get(path)).status, 200, 'another limit is no other list');
  });
});

/** Another character in its midst. */
const changed = (cursor: string): string => cursor.slice(0, 10) + (cursor[10] === 'A' ? 'B' : 'A') + cursor.slice(11);

describe('filters', () => {
  const cases: readonly (readonly [query: string, holds: (event: Record<string, unknown>) => boolean])[] = [
    ['event=login.failed', ({ event }) => event === 'login.failed'],
    ['outcome=refused', ({ outcome }) => outcome === 'refused'],
    ['reason=sign-up', ({ reason }) => reason === 'sign-up'],
    ['actor=2', ({ actor }) => actor === 2],
    ['subject=1', ({ subject }) => subject === 1],
    ['subject=1&outcome=refused', ({ subject, outcome }) => subject === 1 && outcome === 'refused'],
    ['since=2026-01-01T00:00:01Z', ({ at }) => String(at) >= '2026-01-01T00:00:01.000Z'],
    ['until=2026-01-01T01:00:01%2B01:00', ({ at }) => String(at) < '2026-01-01T00:00:01.000Z'],
    ['actor=2&since=2026-01-01T00:00:02Z', ({ actor, at }) => actor === 2 && String(at) >= '2026-01-01T00:00:02.000Z'],
  ];

  test('let through what they say, whichever way the pages are cut', async () => {
    await using world = await startWithReader();
    const all = (await pages(world.get, 'limit=200')).flat() as unknown as Record<string, unknown>[];
    for (const [query, holds] of cases) {
      const found = (await pages(world.get, `limit=2&${query}`)).flat();
      const expected = all.filter(holds);
      if (!query.includes('&')) assert.ok(expected.length > 0 && expected.length < all.length, query);
      assert.deepEqual(found, expected, query);
    }
  });

  test('find a session and an API key by their ids', async () => {
    await using world = await startWithReader();
    const { session, user } = { session: world.reader.sessionId, user: world.reader.id };
    const found = (await pages(world.get, `session=${session}`)).flat() as unknown as { event: string }[];
    assert.deepEqual(
      found.map(({ event }) => event),
      ['session.started'],
    );
    const { db, features } = world.server;
    await db.transact((tx) =>
      features.audit.record(tx, {
        event: 'role.created',
        actor: { userId: user, apiKey: asApiKeyId('key-1') },
        object: 'x',
      }),
    );
    const { body } = await world.get('/audit?api_key=key-1');
    assert.deepEqual(
      body.events.map((event: Record<string, unknown>) => [event.api_key, event.actor]),
      [['key-1', user]],
    );
  });

  test('that are wrong are refused, each by its name', async () => {
    await using world = await startWithReader();
    const wrong = {
      event: ['DROP TABLE', 'x'.repeat(65), '%00'],
      outcome: ['failed'],
      reason: ["'"],
      actor: ['0', '-1', 'ada', '1e3'],
      subject: ['1.5'],
      session: ['a b'],
      api_key: ['ü'],
      since: ['yesterday', '2026-01-01', '2026-13-01T00:00:00Z'],
      until: ['0'],
      order: ['up'],
      limit: ['0', '201', 'all'],
      colour: ['red'],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const answer = await world.get(`/audit?${name}=${encodeURIComponent(value)}`);
        assertProblem(answer, 422, 'validation-failed');
        assert.deepEqual([...new Set(answer.body.errors.map((it: { parameter: string }) => it.parameter))], [name]);
      }
    }
    assertProblem(await world.get('/audit?event=a&event=b'), 422, 'validation-failed');
  });
});

describe('the export', () => {
  test('holds everything that is recorded, sealed, and is whole by the published key alone', async () => {
    await using world = await startWithReader();
    await logIn(world.call, ada);
    const { status, headers, body } = await world.get('/audit/export');
    assert.deepEqual([status, headers.get('content-type')], [200, 'application/x-ndjson']);
    assert.equal(headers.get('cache-control'), 'no-store');
    const published = await world.call('GET', '/.well-known/keyward-audit');
    const trusted = published.body.keys.map((key: { verifier: string }) => readKeyText(key.verifier));
    const lines = body.trimEnd().split('\n');
    const found = await verifyExport({ lines, trusted });
    assert.deepEqual([found.ok, found.rooted], [true, true]);
    const all = (await pages(world.get, 'limit=200')).flat();
    assert.equal(found.rows, all.length);
    const rows = lines.map((line: string) => JSON.parse(line)).filter(({ type }: { type: string }) => type === 'event');
    assert.deepEqual(
      rows.map(({ event }: { event: Told }) => event.id).toSorted((a: number, b: number) => b - a),
      all.map(({ id }) => id).toSorted((a, b) => b - a),
    );
  });

  test('goes on where one ended, and both are one file', async () => {
    await using world = await startWithReader();
    const first: string = (await world.get('/audit/export')).body;
    const { size } = JSON.parse(first.trimEnd().split('\n').at(-1) ?? '{}');
    await logIn(world.call, bea);
    const second: string = (await world.get(`/audit/export?after=${size}`)).body;
    const { audit } = world.server;
    const both = await checkExport(audit, `${first}${second}`.trimEnd().split('\n'));
    assert.deepEqual([both.ok, both.rooted, both.size], [true, true, size + 1]);
    const alone = second.trimEnd().split('\n');
    assert.deepEqual(
      (await checkExport(audit, alone)).findings[0]?.kind,
      'missing',
      'its head could have been cut off',
    );
    const expected = await verifyExport({ lines: alone, trusted: publicKeys(audit), after: size });
    assert.deepEqual([expected.ok, expected.rooted], [true, false]);
    assertProblem(await world.get(`/audit/export?after=${size + 5}`), 404, 'checkpoint-not-found');
    assertProblem(await world.get('/audit/export?after=-1'), 422, 'validation-failed');
  });

  test('is not made for HEAD', async () => {
    await using world = await startWithReader();
    const { status } = await world.call('HEAD', '/audit/export', { token: world.reader.accessToken });
    assert.equal(status, 405);
  });

  test('whoever stops reading ends it', async () => {
    await using world = await startWithReader();
    const record = async (tx: Tx) => {
      for (let count = 0; count < 1_000; count += 1) {
        await world.server.audit.record(tx, { event: 'role.created', object: 'x'.repeat(200) });
      }
    };
    await world.server.db.transact(record, { patience: 'maintenance' });
    await world.server.seal();
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${world.reader.accessToken}` };
    const response = await fetch(`${world.server.url}/audit/export`, { headers, signal: controller.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort();
    await assert.rejects(async () => reader?.read());
    assert.equal((await world.get('/audit/checkpoints/latest')).status, 200, 'the server goes on');
  });

  describe('changed by whoever has the file', () => {
    const attacks: Readonly<Record<string, (lines: string[]) => string[]>> = {
      'a line is taken out': (lines) => lines.filter((_, place) => place !== 3),
      'two lines are swapped': ([a = '', b = '', c = '', d = '', ...rest]) => [a, b, d, c, ...rest],
      'a line stands twice': ([a = '', b = '', c = '', ...rest]) => [a, b, c, c, ...rest],
      'a row is taken from elsewhere': (lines) => [...lines.slice(0, 2), lines.at(-2) ?? '', ...lines.slice(3)],
      'the tail is cut off': (lines) => lines.slice(0, -4),
      'the tail is cut off, and an end put there': (lines) => [...lines.slice(0, -4), '{"type":"end","size":12}'],
      'a checkpoint is taken out': (lines) => {
        const last = lines.findLastIndex((line) => line.includes('"checkpoint"'));
        return lines.filter((_, place) => place !== last);
      },
      'a member is added to a row': (lines) =>
        lines.map((line, place) => (place === 3 ? line.replace('"event":{', '"event":{"admin":true,') : line)),
      'another key is named in its header': (lines) => lines,
    };
    for (const [what, attack] of Object.entries(attacks)) {
      test(what, async () => {
        await using world = await startWithReader();
        const lines = await exported(world.server.audit);
        if (what.startsWith('another key')) {
          await using other = await startSealedServer();
          const found = await checkExport(world.server.audit, await exported(other.audit));
          assert.equal(found.findings[0]?.kind, 'checkpoint');
          return;
        }
        const { ok, findings } = await checkExport(world.server.audit, attack(lines));
        assert.equal(ok, false);
        assert.ok(findings.length > 0);
      });
    }

    test('what is no export at all is refused', async () => {
      await using world = await startWithReader();
      for (const lines of [[], [''], ['{}'], ['x'], ['[]'], ['{"type":"header"}']]) {
        await assert.rejects(checkExport(world.server.audit, lines), { name: 'NoExport' }, JSON.stringify(lines));
      }
      const [header = ''] = await exported(world.server.audit);
      await assert.rejects(checkExport(world.server.audit, [header, '{"type":"other"}']), { name: 'NoExport' });
      await assert.rejects(checkExport(world.server.audit, [header, '{"type":"event"}']), { name: 'NoExport' });
    });
  });
});

describe('checkpoints', () => {
  test('are listed in their order, and the newest is the last of them', async () => {
    await using world = await startWithReader();
    const { body } = await world.get('/audit/checkpoints');
    const sizes = body.checkpoints.map(({ size }: { size: number }) => size);
    assert.deepEqual(
      sizes,
      sizes.toSorted((a: number, b: number) => a - b),
    );
    assert.deepEqual((await world.get('/audit/checkpoints/latest')).body, body.checkpoints.at(-1));
    const second = await world.get(`/audit/checkpoints?after=${sizes[0]}&limit=1`);
    assert.deepEqual(second.body.checkpoints, [body.checkpoints[1]]);
    assert.match(
      body.checkpoints[0].checkpoint,
      /^localhost:8000\/audit\/[\da-f]{8}\n\d+\n[\w+/]{43}=\nkeyward-audit 1\n/,
    );
  });

  test('of a record without any: 404', async () => {
    await using server = await startServer();
    const token = await server.admin();
    const call = createClient(server.url);
    assertProblem(await call('GET', '/audit/checkpoints/latest', { token }), 404, 'checkpoint-not-found');
    assert.deepEqual((await call('GET', '/audit/checkpoints', { token })).body, { checkpoints: [] });
  });

  test('the public key is for everybody, from any page', async () => {
    await using server = await startServer();
    const headers = { origin: 'https://elsewhere.example' };
    const answer = await createClient(server.url)('GET', '/.well-known/keyward-audit', { headers });
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    const [key] = answer.body.keys;
    assert.deepEqual(Object.keys(key).sort(), ['created_at', 'id', 'origin', 'verifier']);
    assert.equal(key.verifier, server.features.audit.publicKeys[0]?.text);
  });
});
