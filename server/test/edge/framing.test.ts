/**
 * Request smuggling (RFC 9112 §11.2): a request that two readers take for different ones carries another, which neither checks. Here the
 * server is asked directly: whatever it is sent, it does nothing of what is hidden, and every answer is that of its request.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { framingAttacks } from './framing-attacks.ts';
import { type Conversation, converse, type RawAnswer, rawRequest, signUpRequest } from './raw.ts';

const hidden = signUpRequest('mallory');
/** Asks for a page that no attack asks for. */
const next = rawRequest('GET /problems/body-too-large', ['Connection: close']);
const isOfNext = (answer: RawAnswer | undefined): boolean => answer?.body.startsWith('# Body too large') === true;

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server[Symbol.asyncDispose]());

const say = (...pieces: readonly string[]): Promise<Conversation> =>
  converse({ port: Number(new URL(server.url).port) }, ...pieces);

for (const { name, bytes, says } of framingAttacks) {
  test(`attack: ${name}`, async () => {
    const { answers, rest, closed } = await say(bytes(hidden) + next);
    assert.deepEqual([rest, closed], ['', true]);
    const statuses = answers.map(({ status }) => status);
    if ('answers' in says) {
      assert.deepEqual(statuses, [...says.answers, 200]);
      assert.ok(isOfNext(answers.at(-1)));
    } else {
      assert.deepEqual(statuses, ['last' in says ? says.last : says.refused]);
      assert.equal(answers[0]?.headers.get('connection'), 'close');
    }
    for (const { headers } of answers) assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.deepEqual(await server.newEvents(), [], 'what was hidden was done');
  });
}

test('what is hidden would leave a trace, if it were done', async () => {
  const { answers } = await say(signUpRequest('trace') + next);
  assert.deepEqual([answers[0]?.status, isOfNext(answers[1])], [201, true]);
  assert.ok((await server.newEvents()).length > 0);
});

describe('requests one behind the other', () => {
  test('are answered in their order, the quick ones behind the slow ones too', async () => {
    const codes = ['conflict', 'body-too-large', 'malformed-json', 'path-not-found', 'username-taken', 'overloaded'];
    const asked = Array.from({ length: 60 }, (_, at) => codes[at % codes.length] ?? '');
    const bytes = asked.map((code, at) =>
      at % 3 === 0 ? signUpRequest(`pipelined-${at}`) : rawRequest(`GET /problems/${code}`),
    );
    const { answers } = await say(bytes.join('') + next);
    for (const [at, code] of asked.entries()) {
      const answer = answers[at];
      if (at % 3 === 0) assert.equal(JSON.parse(answer?.body ?? '').data.username, `pipelined-${at}`);
      else if (answer?.status === 200) assert.ok(answer.body.includes(`\`${code}\``), code);
      else assert.equal(JSON.parse(answer?.body ?? '').code, 'path-not-found');
    }
    assert.equal(answers.length, asked.length + 1);
    await server.newEvents();
  });

  test('attack: noise behind a request changes nothing of its answer, and nothing behind the noise is done', async () => {
    const { answers, closed } = await say(`${signUpRequest('before')}\x01 noise\r\n\r\n${hidden}`);
    assert.deepEqual([answers.map(({ status }) => status), closed], [[201], true]);
    assert.equal(answers[0]?.headers.get('connection'), 'close');
    const created = (await server.newEvents()).filter(({ event }) => event === 'user.created');
    assert.equal(created.length, 1);
  });

  test('behind `Connection: close` are not done', async () => {
    const { answers } = await say(signUpRequest('closing', ['Connection: close']) + hidden);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201],
    );
    assert.equal((await server.newEvents()).filter(({ event }) => event === 'user.created').length, 1);
  });

  test('a request that was refused early is not answered again when its body turns out to be broken', async () => {
    for (const broken of [hidden, 'zz\r\n']) {
      const first = rawRequest('POST /nope', ['Transfer-Encoding: chunked']);
      const { answers, rest, closed } = await say(first, broken);
      assert.deepEqual([answers.map(({ status }) => status), rest, closed], [[404], '', true]);
    }
    assert.deepEqual(await server.newEvents(), []);
  });
});

test('attack: whoever asks for a tunnel and hangs up at once does not take the server along', async () => {
  const port = Number(new URL(server.url).port);
  const reset = (afterMs: number | undefined): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.on('connect', () => {
        socket.write(rawRequest('CONNECT a:1') + hidden);
        if (afterMs === undefined) socket.resetAndDestroy();
        else setTimeout(() => socket.resetAndDestroy(), afterMs);
      });
    });
  await Promise.all(Array.from({ length: 200 }, (_, at) => reset(at % 2 === 0 ? undefined : at % 7)));
  assert.ok(isOfNext((await say(next)).answers[0]));
});

test('attack: a thousand small headers do not push a proxy’s own out of sight', async () => {
  await using behindProxy = await startServer({ env: { TRUST_PROXY: '1' } });
  const port = Number(new URL(behindProxy.url).port);
  const many = Array.from({ length: 990 }, () => 'a:');
  const forged = signUpRequest('mallory', ['X-Forwarded-For: 203.0.113.66', ...many, 'X-Forwarded-For: 198.51.100.7']);
  const { answers } = await converse({ port }, forged);
  assert.deepEqual([answers.map(({ status }) => status), await behindProxy.newEvents()], [[431], []]);
});

test('a hundred headers are read', async () => {
  const call = createClient(server.url);
  const { accessToken } = await signUp(call);
  const many = Array.from({ length: 98 }, (_, at) => `x-${at}: ${at}`);
  const { answers } = await say(rawRequest('GET /user', [...many, `Authorization: Bearer ${accessToken}`]) + next);
  assert.equal(answers[0]?.status, 200);
});
