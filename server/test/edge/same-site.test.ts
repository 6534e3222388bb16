/**
 * Every combination of what a browser says of a request's making, on every call that takes the refresh cookie and changes state. What may
 * pass is written down here, and nothing else does (OWASP CSRF Prevention, "Fetch Metadata").
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { describeApi } from '../../src/app/describe-api.ts';
import { assertSameSite } from '../../src/http/same-site.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { type Held, lives, logIn, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { headerOf, send } from '../support/wire.ts';

const own = 'http://localhost:8000';
const listed = 'https://app.example.com';

const sites = [undefined, 'same-origin', 'same-site', 'cross-site', 'none', 'Same-Origin', 'same-origin, none', ''];
const modes = [undefined, 'cors', 'same-origin', 'no-cors', 'navigate', 'nested-navigate', 'websocket', 'webtransport'];
const destinations = [
  ...[
    undefined,
    'empty',
    'document',
    'iframe',
    'frame',
    'embed',
    'object',
    'image',
    'script',
    'style',
    'font',
    'audio',
  ],
  ...[
    'video',
    'track',
    'manifest',
    'report',
    'worker',
    'sharedworker',
    'serviceworker',
    'xslt',
    'fencedframe',
    'Empty',
  ],
];
const origins = [
  ...[
    undefined,
    own,
    listed,
    'https://evil.example',
    'null',
    '',
    `${listed}.evil.example`,
    'https://evilapp.example.com',
  ],
  ...['http://app.example.com', `${listed}:443`, `${listed}:8443`, `${listed}/`, listed.toUpperCase(), ` ${listed}`],
  ...['https://example.com', 'https://x.app.example.com', 'http://localhost', 'http://localhost:8001', '*'],
  ...[`${listed}, https://evil.example`, `https://evil.example@app.example.com`, 'https://app.example.com\\.evil'],
];
const purposes = [undefined, 'prefetch', 'prefetch;prerender'];

interface Making {
  readonly site: string | undefined;
  readonly mode: string | undefined;
  readonly destination: string | undefined;
  readonly origin: string | undefined;
  readonly purpose: string | undefined;
}

/** Those whose request may act: a script of our own page, one of a listed page, and what is no browser. */
function mayAct({ site, mode, destination, origin, purpose }: Making): boolean {
  const byScript =
    [undefined, 'cors', 'same-origin', 'no-cors'].includes(mode) && [undefined, 'empty'].includes(destination);
  if (!byScript || purpose !== undefined) return false;
  if (origin === undefined) return site === undefined || site === 'same-origin';
  if (origin !== own && origin !== listed) return false;
  return site === undefined || ['same-origin', 'same-site', 'cross-site'].includes(site);
}

const headersOf = ({ site, mode, destination, origin, purpose }: Making): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      ...{ 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination, origin },
      'sec-purpose': purpose,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

test('every combination of Sec-Fetch-Site, Mode, Dest, Purpose and Origin', () => {
  const rule = { allowedOrigins: new Set([own, listed]) };
  const passes = (making: Making): boolean => {
    try {
      assertSameSite(headersOf(making), rule);
      return true;
    } catch {
      return false;
    }
  };
  let [passed, all] = [0, 0];
  for (const site of sites)
    for (const mode of modes)
      for (const destination of destinations)
        for (const origin of origins)
          for (const purpose of purposes) {
            const making = { site, mode, destination, origin, purpose };
            const may = mayAct(making);
            if (passes(making) !== may) assert.fail(`${may ? 'refused' : 'passed'}: ${JSON.stringify(making)}`);
            all += 1;
            passed += may ? 1 : 0;
          }
  assert.equal(all, sites.length * modes.length * destinations.length * origins.length * purposes.length);
  // Four modes and two destinations by script; without an origin from two sites, with either of two from four.
  assert.equal(passed, 4 * 2 * (2 + 2 * 4));
});

type Credential = 'cookie' | 'cookie and bearer' | 'cookie and body' | 'bearer' | 'body';
const credentials: readonly Credential[] = ['cookie', 'cookie and bearer', 'cookie and body', 'bearer', 'body'];

const calls = [
  { method: 'GET', path: '/refresh-access-token', takes: ['cookie', 'cookie and bearer'] },
  { method: 'POST', path: '/refresh-access-token', takes: ['cookie', 'cookie and bearer', 'cookie and body', 'body'] },
  { method: 'POST', path: '/logout', takes: credentials },
] as const;

test('these are all routes that take the cookie and change state', async () => {
  const { routes } = await describeApi();
  const taking = routes.filter(({ access }) => access.kind === 'refresh-credential');
  assert.deepEqual(
    taking.map(({ method, url }) => `${method} ${url}`).sort(),
    calls.map(({ method, path }) => `${method} ${path}`).sort(),
  );
});

/** The cookie acts, where no other proof says that a script of a page we trust has made the request. */
function cookieActs(path: string, credential: Credential): boolean {
  if (!credential.startsWith('cookie')) return false;
  // A refresh token in a body of JSON is used instead of the cookie, which then does nothing.
  return path === '/logout' || credential !== 'cookie and body';
}

describe('over the wire', () => {
  test('property: each of them refuses what may not act, and then nothing rotates and nothing ends', async () => {
    await using server = await startServer({ env: { CORS_ORIGINS: listed, RATE_LIMITS: 'off' } });
    const client = createClient(server.url);
    let held = await signUp(client);
    const making = fc.record({
      site: fc.constantFrom(...sites),
      mode: fc.constantFrom(undefined, undefined, ...modes),
      destination: fc.constantFrom(undefined, 'empty', undefined, 'empty', ...destinations),
      origin: fc.constantFrom(
        undefined,
        own,
        listed,
        undefined,
        own,
        listed,
        ...origins.filter((it) => it?.trim() === it),
      ),
      purpose: fc.constantFrom(undefined, undefined, undefined, undefined, ...purposes),
    });
    const anyCall = fc
      .constantFrom(...calls)
      .chain((call) => fc.tuple(fc.constant(call), fc.constantFrom<Credential>(...call.takes)));
    const seen = { passed: 0, refused: 0 };
    await server.newEvents();
    await fc.assert(
      fc.asyncProperty(making, anyCall, async (how, [call, credential]) => {
        const expected = !cookieActs(call.path, credential) || mayAct(how) ? 200 : 403;
        const before = await stateOf(server);
        const answer = await send(server.url, requestOf(call, credential, held, headersOf(how)));
        assert.equal(answer.status, expected, JSON.stringify({ how, call, credential }));
        seen[expected === 200 ? 'passed' : 'refused'] += 1;
        if (expected === 403) {
          assert.equal(headerOf(answer, 'set-cookie'), undefined);
          assert.deepEqual([await stateOf(server), await server.newEvents()], [before, []]);
          assert.equal(await lives(client, held), true);
        } else {
          held = await logIn(client, {
            username: 'ada',
            email: 'ada@example.com',
            password: 'kestrel over the amber hill',
          });
          await server.newEvents();
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(Math.min(seen.passed, seen.refused) > 60, JSON.stringify(seen));
  });

  test('no header makes another method of a request', async () => {
    await using server = await startServer();
    const client = createClient(server.url);
    const held = await signUp(client);
    await server.newEvents();
    const names = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', '_method'];
    const headers = names.map((name) => [name, 'DELETE'] as const);
    const authorization = ['Authorization', `Bearer ${held.accessToken}`] as const;
    // To a GET the answer is that of a GET: one may not see oneself as an administrator does.
    for (const [method, status] of [
      ['GET', 403],
      ['POST', 405],
    ] as const) {
      const path = `/users/${held.id}?_method=DELETE`;
      const answer = await send(server.url, { method, path, headers: [...headers, authorization] });
      assert.equal(answer.status, status);
    }
    assert.deepEqual([await server.newEvents(), await lives(client, held)], [[], true]);
  });
});

function requestOf(
  { method, path }: (typeof calls)[number],
  credential: Credential,
  held: Held,
  made: Record<string, string>,
) {
  const headers = Object.entries(made);
  if (credential.startsWith('cookie')) headers.push(['cookie', `refresh_token=${held.refreshToken}`]);
  if (credential.endsWith('bearer')) headers.push(['authorization', `Bearer ${held.accessToken}`]);
  if (!credential.endsWith('body')) return { method, path, headers };
  headers.push(['content-type', 'application/json']);
  return { method, path, headers, body: JSON.stringify({ refresh_token: held.refreshToken }) };
}

const stateOf = ({ db }: TestServer): Promise<unknown[]> =>
  behind(db, (it) => it.selectFrom('sessions').select(['id', 'generation', 'ended_at']).orderBy('id'));
