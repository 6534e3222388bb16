import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeApi } from '../../src/app/describe-api.ts';
import { problemCatalogue } from '../../src/app/problem-pages.ts';
import { serverMetadata } from '../../src/features/oauth/metadata.ts';
import { builtInPermissions } from '../../src/features/roles/policy.ts';
import { statusReference } from '../../src/features/sessions/status-reference.ts';
import { refusalsOf } from '../../src/http/declared.ts';
import type { Route } from '../../src/http/route.ts';
import { testApp } from '../../src/http/test-app.ts';
import { routeBreaches } from './routes.ts';
import { isForTests, readSources } from './sources.ts';

const { routes } = await describeApi();
const permissions = new Set(Object.keys(builtInPermissions));

/** The endpoints that a client of the seed relies on, and those that the contract adds. */
const contract = [
  'POST /signup',
  'POST /login',
  'GET /user',
  'GET /refresh-access-token',
  'POST /refresh-access-token',
  'POST /logout',
  'DELETE /users/:user_id',
  'POST /users/roles',
  'POST /token',
  'GET /docs',
  'GET /redoc',
  'GET /openapi.json',
  'GET /livez',
  'GET /readyz',
  'GET /healthz',
  'GET /.well-known/jwks.json',
];

describe('every route', () => {
  test('says who may call it, how often, under which name, and what it answers', () => {
    const breaches = routeBreaches(routes, permissions);
    assert.equal(breaches.length, 0, `\n${breaches.join('\n')}\n`);
  });

  test('has schemas that compile, though a server compiles each at its first use', async () => {
    await using _app = await testApp({ routes, schemas: 'eager' });
  });

  test('that the server tells others of is there: in its metadata, and in the claim `status` of its tokens', () => {
    const issuer = 'https://auth.test/of/all';
    const told = [...Object.values(serverMetadata(issuer)), statusReference(issuer, 100_000).uri];
    const addresses = told.filter((value) => typeof value === 'string').map((value) => value.slice(issuer.length));
    assert.ok(addresses.length > 6);
    for (const address of addresses.filter((it) => it !== '')) {
      assert.ok(
        routes.some(({ url }) => new RegExp(`^${url.replace(/:\w+/g, '\\w+')}$`).test(address)),
        address,
      );
    }
  });

  test('has a method and an address of its own', () => {
    const addresses = routes.map(({ method, url }) => `${method} ${url}`);
    assert.deepEqual(
      addresses.filter((address, place) => addresses.indexOf(address) !== place),
      [],
      'two routes under one address: remove one',
    );
  });

  test('refuses only with problems that have a page', () => {
    const pages = problemCatalogue(routes);
    const without = routes.flatMap((route) => refusalsOf(route).filter(({ code }) => !pages.has(code)));
    assert.deepEqual(
      without.map(({ code }) => code),
      [],
      'add the refusal to problemCatalogue (app/problem-pages.ts)',
    );
  });
});

test('every endpoint of the contract is there', () => {
  const present = new Set(routes.map(({ method, url }) => `${method} ${url}`));
  const missing = contract.filter((endpoint) => !present.has(endpoint));
  assert.deepEqual(missing, [], 'a client written for the seed calls these: a route was renamed or left out');
});

/** Public, and the same for everybody. Whoever adds one has thought of who else reads the cache. */
const cacheable = [
  '/.well-known/jwks.json',
  '/.well-known/oauth-authorization-server',
  '/docs',
  '/docs/:file',
  '/openapi.json',
  '/password-policy',
  '/redoc',
  '/status/lists',
  '/status/lists/:list',
];

describe('caching', () => {
  test('is allowed on these addresses alone: all else says no-store', () => {
    assert.deepEqual(routes.flatMap(({ cache, url }) => (cache === undefined ? [] : [url])).sort(), cacheable);
  });

  test('is decided by the declaration: no handler sets it to anything else', () => {
    const said = readSources()
      .filter(({ path }) => !isForTests(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/'cache-control'(?:: |, )('[^']*'|[\w.]+)/g)].map(([, value]) => ({ path, value })),
      );
    assert.ok(said.length > 4, 'the search finds nothing any more: mend this law');
    const others = said.filter(({ value }) => value !== "'no-store'");
    assert.deepEqual(others, [{ path: 'http/register-routes.ts', value: 'route.cache' }]);
  });
});

test('every built-in permission is asked for by a route, or by the use case behind one', () => {
  const asked = new Set(routes.flatMap(({ access }) => (access.kind === 'bearer' ? (access.permission ?? []) : [])));
  const texts = readSources().filter(
    ({ path }) => path.startsWith('features/') && !path.endsWith('/policy.ts') && !isForTests(path),
  );
  const unused = [...permissions].filter(
    (name) => !asked.has(name) && !texts.some(({ text }) => text.includes(`'${name}'`)),
  );
  assert.deepEqual(unused, [], 'a permission that nothing checks promises too much: remove it from builtInPermissions');
});

test('problems that the edge writes by hand have a page too', () => {
  const edge = readSources().filter(({ path }) => /^http\/(?!.*\.test\.ts|test-)/.test(path));
  const codes = edge.flatMap(({ text }) => [...text.matchAll(/^\s*code: '([a-z-]+)'/gm)].map(([, code = '']) => code));
  assert.ok(codes.includes('internal-error'), 'the search finds nothing any more: mend this law');
  const pages = problemCatalogue(routes);
  assert.deepEqual(
    codes.filter((code) => !pages.has(code)),
    [],
    'add it to beyondRefusals (app/problem-pages.ts)',
  );
});

describe('a route that leaves something out is found', () => {
  const [good] = routes.filter(({ operationId }) => operationId === 'createRole');
  assert.ok(good);
  const broken: readonly (readonly [what: string, change: object, says: RegExp])[] = [
    ['no access', { access: undefined }, /declare `access`/],
    ['no reason for being public', { access: { kind: 'public', why: '' } }, /access\.why/],
    ['an unknown permission', { access: { kind: 'bearer', permission: 'role:write' } }, /builtInPermissions/],
    ['API keys where nothing guards', { access: { kind: 'bearer', apiKeys: true } }, /the use case must ask/],
    ['pages of any origin where a token is needed', { anyOrigin: true }, /public data alone/],
    ['tokens that a cache may keep', { cache: 'public' }, /`cache` is for public data alone/],
    [
      'a person’s data that a cache may keep',
      {
        ...{ access: { kind: 'public', why: 'x' }, method: 'GET', cache: 'public' },
        replies: { 200: { description: 'x', schema: { properties: { data: { properties: { email: {} } } } } } },
      },
      /\/data\/email must not be kept/,
    ],
    ['no limit', { limit: undefined }, /declare `limit`/],
    ['no reason for having no limit', { limit: { kind: 'none', why: '' } }, /limit\.why/],
    ['a limit without a key', { limit: { kind: 'throttled', key: '' } }, /limit\.key/],
    ['no replies', { replies: {} }, /declare `replies`/],
    ['a reply that is no status', { replies: { 2: { description: 'ok' } } }, /no status/],
    ['a reply without words', { replies: { 200: { description: '' } } }, /describe the reply 200/],
    ['no refusals', { refusals: undefined }, /declare `refusals`/],
    ['a name in kebab-case', { operationId: 'create-role' }, /camelCase/],
    ['no summary', { summary: '' }, /summary/],
  ];
  for (const [what, change, says] of broken) {
    test(what, () => {
      const found = routeBreaches([{ ...good, ...change } as Route], permissions);
      assert.equal(found.length, 1);
      assert.match(found.join(), says);
    });
  }

  test('a name that another route has', () => {
    assert.match(routeBreaches([good, { ...good, url: '/other' }], permissions).join(), /is not unique/);
  });
});
