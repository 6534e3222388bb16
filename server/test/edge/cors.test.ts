/** Who may read answers with credentials: pages of the listed origins, to the letter, and nobody else (Fetch §3.3, "CORS protocol"). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { describeApi } from '../../src/app/describe-api.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { headerOf, send, type WireAnswer } from '../support/wire.ts';

const listed = ['https://app.example.com', 'https://xn--bcher-kva.example:8443', 'http://localhost:3000'];
const { routes } = await describeApi();
const ending = routes.filter(({ replies }) => replies[200]?.contentType !== 'text/event-stream');

let server: TestServer;
before(async () => {
  // As one may write them; browsers send them in one form.
  const written = 'HTTPS://App.Example.com:443, https://bücher.example:8443,http://localhost:3000/';
  server = await startServer({ env: { CORS_ORIGINS: written, RATE_LIMITS: 'off' } });
});
after(() => server[Symbol.asyncDispose]());

const ask = (method: string, path: string, origin: string | undefined, more: readonly [string, string][] = []) =>
  send(server.url, {
    method,
    path,
    headers: [...(origin === undefined ? [] : [['Origin', origin] as const]), ...more],
  });
const preflight = (path: string, origin: string, method: string): Promise<WireAnswer> =>
  ask('OPTIONS', path, origin, [['Access-Control-Request-Method', method]]);
const allowed = (answer: WireAnswer): readonly [string | undefined, string | undefined] => [
  headerOf(answer, 'access-control-allow-origin'),
  headerOf(answer, 'access-control-allow-credentials'),
];

const variesBy = (answer: WireAnswer): string | undefined => headerOf(answer, 'vary');
/** The pages that links in mails open speak the language of the browser as well. */
const variesOn = (url: string): string => (url.startsWith('/mail/') ? 'Origin, Accept-Language' : 'Origin');

/** Tricks with a listed origin: before, behind, within, other case, other scheme, other port. */
const twisted = fc
  .constantFrom(...listed)
  .chain((origin) =>
    fc.oneof(
      fc.constantFrom(
        ...[`${origin}.evil.example`, `${origin}evil.example`, `${origin}@evil.example`, `${origin}/`, `${origin}/x`],
        ...[`${origin}:443`, `${origin}:80`, `${origin}:3000`, `${origin}:`, `${origin}#`, `${origin}?`, `${origin}\\`],
        ...[`${origin}%00`, `${origin}, ${origin}`, `${origin} ${origin}`, `null, ${origin}`, `${origin},null`],
        ...[
          origin.toUpperCase(),
          origin.replace('http', 'HTTP'),
          origin.replace(/^https?/, 'ftp'),
          origin.slice(0, -1),
        ],
        ...[origin.replace('https:', 'http:'), origin.replace('http:', 'https:'), origin.replace('//', '//x.')],
        ...[origin.replace('//', '//evil'), origin.replace('//', '///'), origin.replace('//', ''), origin.slice(1)],
        ...[origin.replaceAll('.', 'x'), origin.replace(/\.[^.]*$/, ''), origin.replace('app', 'app.'), `"${origin}"`],
        ...['null', '*', '', 'undefined', 'file://', 'https://', 'https://bücher.example:8443', 'data:', 'about:blank'],
        ...[
          'https://*.example.com',
          'https://example.com',
          'http://localhost',
          'http://127.0.0.1:3000',
          'http://[::1]:3000',
        ],
        ...[
          'http://localhost:8000',
          'chrome-extension://app.example.com',
          'https://app.example.com.',
          'app.example.com',
        ],
      ),
      fc.webUrl({ withFragments: true }),
    ),
  );
const foreign = twisted
  .map((origin) => Buffer.from(origin).toString('latin1'))
  .filter((origin) => !listed.includes(origin.trim()));

test('property: an origin that is not listed to the letter gets no leave, neither before a call nor with its answer', async () => {
  const anyRoute = fc.constantFrom(...ending);
  await fc.assert(
    fc.asyncProperty(foreign, anyRoute, async (origin, { method, url, anyOrigin }) => {
      const path = url.replace(/:\w+|\*$/, '1');
      const before = await preflight(path, origin, method);
      assert.deepEqual([before.status, ...allowed(before)], [405, undefined, undefined]);
      const called = await ask(method, path, origin);
      assert.deepEqual(allowed(called), [anyOrigin === true ? '*' : undefined, undefined]);
      assert.deepEqual([before, called].map(variesBy), ['Origin', variesOn(url)], url);
    }),
    { numRuns: 250 },
  );
});

describe('a listed origin', () => {
  for (const origin of listed) {
    test(`${origin} may call each route with credentials, by the methods that it has, and asks once in ten minutes`, async () => {
      for (const { method, url } of ending) {
        const path = url.replace(/:\w+|\*$/, '1');
        const before = await preflight(path, origin, method);
        assert.deepEqual([before.status, ...allowed(before)], [204, origin, 'true']);
        assert.ok(headerOf(before, 'access-control-allow-methods')?.split(', ').includes(method), `${method} ${url}`);
        assert.equal(headerOf(before, 'access-control-allow-headers'), 'Authorization, Content-Type');
        assert.equal(headerOf(before, 'access-control-max-age'), '600');
        assert.equal(headerOf(before, 'cache-control'), 'no-store');
        const called = await ask(method, path, origin);
        assert.deepEqual(allowed(called), [origin, 'true'], `${method} ${url}`);
        assert.deepEqual([before, called].map(variesBy), ['Origin', variesOn(url)], url);
      }
    });
  }

  test('is never told of a method, a header or an origin that it named itself', async () => {
    const headers: [string, string][] = [
      ['Access-Control-Request-Method', 'PROPFIND'],
      ['Access-Control-Request-Headers', 'x-evil, cookie'],
      ['Access-Control-Request-Private-Network', 'true'],
    ];
    const answer = await ask('OPTIONS', '/user', listed[0], headers);
    assert.doesNotMatch(JSON.stringify(answer.headers), /PROPFIND|x-evil|private-network/i);
  });

  test('a preflight changes nothing and reads no body', async () => {
    const path = '/refresh-access-token';
    assert.equal((await preflight(path, listed[0] ?? '', 'GET')).status, 204);
    assert.deepEqual(await server.newEvents(), []);
  });
});

test('without an origin an answer speaks of nobody, but says that it would depend on it', async () => {
  for (const { method, url } of ending) {
    const answer = await ask(method, url.replace(/:\w+|\*$/, '1'), undefined);
    assert.equal(headerOf(answer, 'access-control-allow-credentials'), undefined);
    assert.equal(variesBy(answer), variesOn(url), url);
  }
});

test('no origin is allowed with credentials by a wildcard, on any route', async () => {
  for (const { method, url } of ending.filter(({ anyOrigin }) => anyOrigin === true)) {
    for (const origin of [undefined, 'https://evil.example', ...listed]) {
      const [who, credentials] = allowed(await ask(method, url.replace(/:\w+|\*$/, '1'), origin));
      assert.ok(who !== '*' || credentials === undefined);
    }
  }
});
