/** Which headers stand on every answer, whoever gives it: a route, the router, the body reader, the parser, the clock. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { describeApi } from '../../src/app/describe-api.ts';
import { overloaded } from '../../src/kernel/overloaded.ts';
import { createClient } from '../support/client.ts';
import { ada, bea, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { converse, type RawAnswer, rawRequest } from './raw.ts';

const app = 'https://app.example.com';
const env = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: 'a production key of more than thirty-two characters',
  CORS_ORIGINS: app,
};
const json = 'Content-Type: application/json';
const { routes } = await describeApi();

function assertHeaders({ status, headers }: RawAnswer, what: string): void {
  const missing = Object.entries(expected).filter(([name, value]) => !value.test(headers.get(name) ?? ''));
  assert.deepEqual(missing, [], `${what} ${status}`);
  if (status >= 400) assert.equal(headers.get('cache-control'), 'no-store', `${what} ${status}`);
  for (const name of ['server', 'x-powered-by', 'via']) assert.equal(headers.get(name), undefined, `${what} ${name}`);
}

/** A page may widen its policy for its own scripts and styles, but nobody may put it into a frame. */
const expected: Readonly<Record<string, RegExp>> = {
  'cache-control': /^(?:no-store|no-cache|public, max-age=\d+)$/,
  'content-security-policy': /^default-src 'none';(?!.*(?:script-src[^;]*unsafe|\*|https?:)).*frame-ancestors 'none'/,
  'cross-origin-resource-policy': /^same-origin$/,
  'referrer-policy': /^no-referrer$/,
  'strict-transport-security': /^max-age=31536000$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
};

describe('security headers stand on every answer', () => {
  let server: TestServer;
  let port: number;
  before(async () => {
    const timeouts = { headersMs: 300, requestMs: 400, checkMs: 50 };
    server = await startServer({ env, timeouts, strictReplies: false });
    port = Number(new URL(server.url).port);
  });
  after(() => server[Symbol.asyncDispose]());

  const ask = async (bytes: string): Promise<RawAnswer> => {
    const [answer] = (await converse({ port, upTo: 1 }, bytes)).answers;
    assert.ok(answer, `no answer to ${bytes.slice(0, 60)}`);
    return answer;
  };

  test('of every route, by every method, with and without a token', async () => {
    const token = await server.admin();
    const preflight = [`Origin: ${app}`, 'Access-Control-Request-Method: POST'];
    for (const { method, url, replies } of routes) {
      const path = url.replace(/:\w+|\*$/, '1');
      for (const verb of [method, 'HEAD', 'OPTIONS', 'PUT', 'PROPFIND']) {
        if (replies[200]?.contentType === 'text/event-stream' && verb === 'GET') continue;
        assertHeaders(await ask(rawRequest(`${verb} ${path}`)), `${verb} ${url}`);
      }
      assertHeaders(await ask(rawRequest(`OPTIONS ${path}`, preflight)), `preflight ${url}`);
      if (method !== 'GET' || replies[200]?.contentType === 'text/event-stream') continue;
      assertHeaders(await ask(rawRequest(`GET ${path}`, [`Authorization: Bearer ${token}`])), url);
    }
  });

  test('of the status feed', async () => {
    const headers = await new Promise<RawAnswer>((resolve) => {
      void fetch(`${server.url}/status/feed`).then(async (response) => {
        await response.body?.cancel();
        resolve({ status: response.status, headers: new Map(response.headers), body: '' });
      });
    });
    assertHeaders(headers, 'the feed');
  });

  test('of the files of the documentation', async () => {
    for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png', 'start.js', 'nope.js']) {
      const answer = await ask(rawRequest(`HEAD /docs/${file}`));
      assert.equal(answer.status, file === 'nope.js' ? 404 : 200);
      assertHeaders(answer, file);
    }
  });

  const faults: Readonly<Record<string, readonly [status: number, bytes: string]>> = {
    noise: [400, '\x16\x03\x01 noise\r\n\r\n'],
    'two lengths': [400, rawRequest('POST /login', [json, 'Content-Length: 1'], '{}')],
    'no Host': [400, 'GET /livez HTTP/1.1\r\n\r\n'],
    'HTTP/2.0': [400, 'GET /livez HTTP/2.0\r\nHost: x\r\n\r\n'],
    'a tunnel': [400, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    'a broken address': [400, rawRequest('GET /%zz')],
    'broken JSON': [400, rawRequest('POST /login', [json], '{')],
    'a broken form': [400, rawRequest('POST /token', ['Content-Type: application/x-www-form-urlencoded'], 'a=%')],
    'no token': [401, rawRequest('GET /user')],
    'two tokens': [401, rawRequest('GET /user', ['Authorization: Bearer a', 'Authorization: Bearer b'])],
    'another site': [403, rawRequest('GET /refresh-access-token', ['Origin: https://evil.example'])],
    'no such path': [404, rawRequest('GET /nope')],
    'no such page': [404, rawRequest('GET /problems/nope')],
    'no such method': [405, rawRequest('DELETE /login')],
    'a preflight of a stranger': [
      405,
      rawRequest('OPTIONS /login', ['Origin: https://evil.example', 'Access-Control-Request-Method: POST']),
    ],
    'slow headers': [408, 'GET /livez HTTP/1.1\r\nHost:'],
    'a slow body': [408, rawRequest('POST /login', [json, 'Content-Length: 5']).replace('Content-Length: 0\r\n', '')],
    'a large body': [413, rawRequest('POST /login', [json], ' '.repeat(70_000))],
    'another type': [415, rawRequest('POST /login', ['Content-Type: text/plain'], '{}')],
    'a packed body': [415, rawRequest('POST /login', [json, 'Content-Encoding: gzip'], '{}')],
    'an unknown expectation': [200, rawRequest('GET /livez', ['Expect: cookies'])],
    'an expected continuation': [422, rawRequest('POST /login', [json, 'Expect: 100-continue'], '{}')],
    'wrong fields': [422, rawRequest('POST /login', [json], '{}')],
    'a large header': [431, rawRequest('GET /livez', [`X: ${'x'.repeat(20_000)}`])],
    'a long address': [431, rawRequest(`GET /${'x'.repeat(20_000)}`)],
    'many headers': [
      431,
      rawRequest(
        'GET /livez',
        Array.from({ length: 150 }, () => 'a:'),
      ),
    ],
  };
  for (const [what, [status, bytes]] of Object.entries(faults)) {
    test(`of ${what}: ${status}`, async () => {
      const answer = await ask(bytes);
      assert.equal(answer.status, status);
      assertHeaders(answer, what);
    });
  }

  test('of what nobody foresaw, of what there is no room for, and of what comes too often', async () => {
    const call = createClient(server.url);
    await signUp(call, bea);
    const logIn = (email: string) =>
      ask(rawRequest('POST /login', [json], JSON.stringify({ email, password: 'wrong and wrong again' })));
    const { verify } = server.hasher;
    const failing = (error: () => Error) => async () => {
      throw error();
    };
    server.hasher.verify = failing(() => new Error('a test breaks it'));
    const answers = [await logIn(bea.email)];
    server.hasher.verify = failing(overloaded);
    answers.push(await logIn(bea.email));
    server.hasher.verify = verify;
    for (let turn = 0; turn < 11; turn += 1) answers.push(await logIn(ada.email));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [500, 503, 401, 429]);
    for (const answer of answers) assertHeaders(answer, 'login');
  });

  test('and no route redirects, so that there is no such answer to forget', () => {
    const statuses = routes.flatMap(({ replies }) => Object.keys(replies));
    assert.deepEqual(
      statuses.filter((status) => status.startsWith('3')),
      [],
    );
  });
});
