import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { pino } from 'pino';
import { createRequestIds } from './request-ids.ts';
import { loggingOptions } from './request-log.ts';
import { countingRandom, testApp } from './test-app.ts';

describe('the log of a request', () => {
  test('is one line with the pattern of the route, and no secret of the request', async () => {
    await using t = await testApp({ logLevel: 'debug' });
    const secret = 'hunter2';
    await t.app.inject({
      method: 'POST',
      url: `/echo?token=${secret}`,
      headers: { authorization: `Bearer ${secret}`, cookie: `refresh_token=${secret}`, 'user-agent': secret },
      payload: { name: secret },
    });
    const [line, ...others] = t.logLines();
    assert.deepEqual(others, []);
    assert.deepEqual([line?.msg, line?.method, line?.route, line?.status], ['answered', 'POST', '/echo', 201]);
    assert.equal(typeof line?.requestId, 'string');
    assert.doesNotMatch(JSON.stringify(line), /hunter2/);
  });

  test('has no such line above level debug, and all others', async () => {
    await using t = await testApp({ logLevel: 'info' });
    const payload = { grant_type: 'password', username: 'faulty' };
    const { statusCode } = await t.app.inject({
      method: 'POST',
      url: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(payload).toString(),
    });
    t.app.log.info('of the server');
    assert.equal(statusCode, 500);
    const [fault, own, ...others] = t.logLines();
    assert.deepEqual([fault?.msg, own?.msg, others], ['unexpected fault', 'of the server', []]);
    assert.equal(typeof fault?.requestId, 'string');
    assert.equal(own?.requestId, undefined);
  });

  test('is there for a broken address too, which reaches no route', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    await using app = Fastify({
      ...loggingOptions(logger),
      frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
        request.log.error('told');
        void reply.send();
      },
    });
    await app.inject('/%zz');
    assert.deepEqual(
      lines.map(({ msg, requestId }) => [msg, typeof requestId]),
      [['told', 'string']],
    );
  });

  test('names no address that matched nothing', async () => {
    await using t = await testApp({ logLevel: 'debug' });
    await t.app.inject('/reset/hunter2');
    assert.equal(t.logLines()[0]?.route, 'none');
    assert.doesNotMatch(JSON.stringify(t.logLines()), /hunter2/);
  });

  test('shows neither headers nor body of a request or reply that is handed to it', async () => {
    await using t = await testApp();
    const request = { method: 'POST', url: '/x?hunter2', headers: { cookie: 'hunter2' }, body: 'hunter2' };
    t.app.log.info({ req: request, res: { statusCode: 200, headers: 'hunter2' } }, 'handed');
    assert.doesNotMatch(JSON.stringify(t.logLines()), /hunter2/);
  });

  test('shows of an error its words, its place and its causes, and nothing that hangs on it', async () => {
    await using t = await testApp();
    const cause = Object.assign(new Error('the inner one'), { detail: 'Key (email)=(hunter2)', code: '23505' });
    t.app.log.error({ err: new Error('the outer one', { cause }) }, 'failed');
    const text = JSON.stringify(t.logLines());
    assert.match(text, /the outer one.*the inner one.*23505|23505.*the inner one/);
    assert.doesNotMatch(text, /hunter2/);
  });

  test('survives an error that is its own cause', async () => {
    await using t = await testApp();
    const error = new Error('round');
    error.cause = error;
    t.app.log.error({ err: error }, 'failed');
    assert.equal(t.logLines().length, 1);
  });
});

describe('request ids', () => {
  test('are their random bytes, but for version and variant', () => {
    const bytes = Buffer.from('00112233445566778899aabbccddeeffffffffffffffffffffffffffffffffff', 'hex');
    const next = createRequestIds({ bytes: (count) => Buffer.concat([bytes, Buffer.alloc(count)], count) });
    assert.equal(next(), '00112233-4455-4677-8899-aabbccddeeff');
    assert.equal(next(), 'ffffffff-ffff-4fff-bfff-ffffffffffff');
    assert.equal(next(), '00000000-0000-4000-8000-000000000000');
  });

  test('are UUIDs of version 4, each another', () => {
    const next = createRequestIds(countingRandom());
    const ids = Array.from({ length: 200 }, next);
    assert.equal(new Set(ids).size, 200);
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
