import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentationRoutes } from './documentation.ts';
import { openApiDocument } from './openapi.ts';
import { redocPage } from './redoc-page.ts';
import { type Route, route } from './route.ts';
import { Type } from './schema.ts';
import { sampleRoutes, testApp } from './test-app.ts';

const info = { title: 'Keyward <API>', version: '1.2.3', description: 'Signs `people` in.\n\nAnd out.' };
const document = openApiDocument(sampleRoutes, info);
// As programs see it: what JSON leaves of it.
const seen = JSON.parse(JSON.stringify(document));

const titled = (operationId: string, schema: ReturnType<typeof Type.Object>): Route =>
  route({
    method: 'GET',
    url: `/${operationId}`,
    operationId,
    summary: operationId,
    tags: ['titled'],
    access: { kind: 'public', why: 'a test' },
    limit: { kind: 'none', why: 'a test' },
    replies: { 200: { schema, description: 'Well.' } },
    refusals: [],
    handler: async () => ({}),
  });

describe('the OpenAPI document', () => {
  test('names every route with its path in the form of OpenAPI', () => {
    assert.deepEqual(Object.keys(seen.paths), [
      '/echo',
      '/me',
      '/roles',
      '/users/{user_id}',
      '/token',
      '/logout',
      '/refresh',
      '/fault/{kind}',
    ]);
    assert.equal(seen.paths['/users/{user_id}'].delete.operationId, 'deleteUser');
  });

  test('signs in through a relative token endpoint, as FastAPI does, so that a path prefix does no harm', () => {
    assert.equal(seen.components.securitySchemes.OAuth2PasswordBearer.flows.password.tokenUrl, 'token');
    assert.deepEqual(seen.servers, [{ url: '.' }]);
    assert.deepEqual(seen.paths['/me'].get.security, [{ OAuth2PasswordBearer: [] }, { bearer: [] }]);
    assert.deepEqual(seen.paths['/echo'].post.security, []);
  });

  test('shows a path id as the integer that it is', () => {
    assert.deepEqual(seen.paths['/users/{user_id}'].delete.parameters, [
      {
        name: 'user_id',
        in: 'path',
        required: true,
        description: 'A positive integer.',
        schema: { type: 'integer', minimum: 1 },
      },
    ]);
  });

  test('lists each refusal under its status with an example that is a true answer', () => {
    const { responses } = seen.paths['/echo'].post;
    assert.deepEqual(Object.keys(responses), ['201', '400', '401', '413', '415', '422', '429', '503']);
    const example = responses['401'].content['application/problem+json'].examples['invalid-credentials'].value;
    assert.deepEqual([example.status, example.code], [401, 'invalid-credentials']);
    assert.ok(responses['429'].headers['Retry-After']);
  });

  test('describes the token endpoint in the dialect of OAuth', () => {
    const { requestBody, responses } = seen.paths['/token'].post;
    assert.deepEqual(Object.keys(requestBody.content), ['application/x-www-form-urlencoded']);
    assert.equal(
      responses['400'].content['application/json'].examples['invalid-credentials'].value.error,
      'invalid_grant',
    );
  });

  test('says that an optional body is optional, and tells nothing of our own keywords', () => {
    assert.equal(seen.paths['/logout'].post.requestBody.required, false);
    assert.equal(seen.paths['/echo'].post.requestBody.required, true);
    assert.doesNotMatch(JSON.stringify(seen), /x-hint|x-documented-as|"~/);
  });

  test('gives a schema with a title a name of its own, once', () => {
    const User = Type.Object({ id: Type.Integer() }, { title: 'User' });
    const named = openApiDocument([titled('a', User), titled('b', Type.Object({ user: User }))], info);
    assert.deepEqual(Object.keys(named.components.schemas), ['Problem', 'OAuthError', 'User']);
    assert.match(JSON.stringify(named.paths), /"user":\{"\$ref":"#\/components\/schemas\/User"\}/);
  });

  test('refuses two different schemas of one name', () => {
    const one = titled('a', Type.Object({ id: Type.Integer() }, { title: 'User' }));
    const other = titled('b', Type.Object({ id: Type.String() }, { title: 'User' }));
    assert.throws(() => openApiDocument([one, other], info), /two schemas are called User/);
  });

  test('leaves out hidden routes', () => {
    assert.deepEqual(openApiDocument([{ ...titled('a', Type.Object({})), hide: true }], info).paths, {});
  });
});

describe('the reference page', () => {
  const page = redocPage(document);

  test('escapes what the routes say, and holds no script', () => {
    assert.match(page, /Keyward &lt;API&gt;/);
    assert.doesNotMatch(page, /<script|javascript:|\son\w+=/);
  });

  test('has an anchor for each operation, and links to no other host', () => {
    for (const { operationId } of sampleRoutes) assert.match(page, new RegExp(`id="${operationId}"`));
    assert.doesNotMatch(page, /(?:href|src)="(?:https?:)?\/\//);
  });

  test('shows fields, refusals and code words', () => {
    assert.match(page, /<code>a\/b~c<\/code> <span class="soft">optional<\/span>/);
    assert.match(page, /<td>401<\/td><td><code>invalid-credentials<\/code><\/td>/);
    assert.match(page, /Signs <code>people<\/code> in\./);
  });
});

describe('the documentation routes', () => {
  const open = () => testApp({ routes: documentationRoutes({ info, routes: () => sampleRoutes }) });

  test('serve the document, the pages and the files of Swagger UI from this host', async () => {
    await using t = await open();
    const types: Record<string, string> = {
      '/openapi.json': 'application/json; charset=utf-8',
      '/docs': 'text/html; charset=utf-8',
      '/redoc': 'text/html; charset=utf-8',
      '/docs/start.js': 'text/javascript; charset=utf-8',
      '/docs/swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
      '/docs/swagger-ui.css': 'text/css; charset=utf-8',
    };
    for (const [url, type] of Object.entries(types)) {
      const answer = await t.app.inject(url);
      assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, type], url);
    }
    assert.deepEqual((await t.app.inject('/openapi.json')).json(), seen);
  });

  test('ask no other host for anything', async () => {
    await using t = await open();
    const page = (await t.app.inject('/docs')).body + (await t.app.inject('/docs/start.js')).body;
    assert.doesNotMatch(page, /https?:/);
    assert.match(page, /validatorUrl: null/);
    const policy = String((await t.app.inject('/docs')).headers['content-security-policy']);
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
  });

  for (const file of [
    'index.html',
    '..%2fpackage.json',
    '..%2f..%2fpackage.json',
    '__proto__',
    'toString',
    'start.js%00',
  ]) {
    test(`give no other file: ${file}`, async () => {
      await using t = await open();
      assert.equal((await t.app.inject(`/docs/${file}`)).statusCode, 404);
    });
  }
});
