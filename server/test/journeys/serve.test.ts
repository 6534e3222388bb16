/** The server as a process: how it starts, what it says, and how it ends. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { version } from '../../src/app/version.ts';
import { type Call, createClient } from '../support/client.ts';
import {
  beginLogIn,
  createProcessOperator,
  isClosed,
  type ProcessOperator,
  type Served,
  takePort,
  until,
} from './keyward.ts';

const password = 'correct horse battery';

/** SIGTERM; the server must end well. */
async function stop(server: Served): Promise<void> {
  server.signal('SIGTERM');
  const { code, err } = await server.ended;
  assert.deepEqual([code, err], [0, '']);
}

const logIn = async (call: Call, name: string, secret = password): Promise<number> =>
  (await call('POST', '/login', { json: { email: `${name}@example.com`, password: secret } })).status;

test('the first start says all that is needed, and makes an administrator of whoever reads it; the second does not', async () => {
  using operator = createProcessOperator();
  const tokenFile = join(operator.folder, 'data/setup-token');
  {
    await using server = await operator.serve();
    const said = server.said();
    assert.match(said, new RegExp(`^Keyward ${version} \\(development\\)\n`));
    assert.match(said, /^ {2}Database {2}sqlite:\/\/\/data\/keyward\.db$/m);
    assert.ok(said.includes(`  Address   ${server.url}  (public: http://localhost:${server.port})\n`));
    assert.ok(said.includes(`  Docs      http://localhost:${server.port}/docs\n`));
    assert.match(said, /Made a key of its own in data\/secret-key/);
    assert.match(said, /npm run keyward -- user create --admin/);

    assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
    const token = readFileSync(tokenFile, 'utf8').trim();
    assert.ok(said.includes(`    ${token}\n`) && said.includes(`"setup_token":"${token}"`));
    const call = createClient(server.url);
    const account = { setup_token: token, username: 'ada', email: 'ada@example.com', password };
    assert.equal((await call('POST', '/setup', { json: account })).status, 201);
    await stop(server);
  }
  await using again = await operator.serve();
  assert.doesNotMatch(again.said(), /administrator|Made a key/);
  assert.equal(existsSync(tokenFile), false, 'the used token does not lie about');
  assert.equal(await logIn(createClient(again.url), 'ada'), 200);
});

test('an administrator whom the CLI makes beside the running server can log in at once, and is gone at once', async () => {
  using operator = createProcessOperator();
  await using server = await operator.serve();
  const call = createClient(server.url);
  const create = (name: string) =>
    operator.run(['user', 'create', '--admin', '--email', `${name}@example.com`, '--username', name], {
      input: password,
    });
  assert.equal((await create('ada')).code, 0);
  assert.equal((await create('bea')).code, 0);
  const { body } = await call('POST', '/login', { json: { email: 'ada@example.com', password } });
  assert.equal((await call('GET', '/permissions', { token: body.access_token })).status, 200);
  assert.equal((await operator.run(['user', 'delete', 'ada'])).code, 0);
  assert.equal((await call('GET', '/user', { token: body.access_token })).status, 401);
});

for (const name of ['SIGTERM', 'SIGINT'] as const) {
  test(`${name} takes no new requests, finishes the one under way, and ends with 0`, async () => {
    using operator = createProcessOperator();
    await using server = await operator.serve();
    const underWay = await beginLogIn(server);
    server.signal(name);
    await until(() => isClosed(server.port));
    const answer = await underWay.finish();
    assert.match(answer, /^HTTP\/1\.1 401 Unauthorized\r\n[\s\S]*"code":"invalid-credentials"/);
    assert.deepEqual(await server.ended, { code: 0, out: server.said(), err: '' });
  });
}

test('with a delay, SIGTERM says first that no more should be sent, still serves all that comes, and ends with 0', async () => {
  using operator = createProcessOperator();
  await using server = await operator.serve({ SHUTDOWN_DELAY_SECONDS: '4' });
  const call = createClient(server.url);
  assert.equal((await call('GET', '/readyz')).status, 200);
  server.signal('SIGTERM');
  await until(async () => (await call('GET', '/readyz')).status === 503);
  assert.deepEqual((await call('GET', '/readyz')).body, { status: 'failing', checks: { server: 'stopping' } });
  assert.equal((await call('GET', '/livez')).status, 200);
  assert.equal(await logIn(call, 'nobody'), 401);
  const { code, err } = await server.ended;
  assert.deepEqual([code, err, await isClosed(server.port)], [0, '', true]);
});

test('a second signal does not wait for the delay', { timeout: 60_000 }, async () => {
  using operator = createProcessOperator();
  await using server = await operator.serve({ SHUTDOWN_DELAY_SECONDS: '300' });
  const call = createClient(server.url);
  server.signal('SIGTERM');
  await until(async () => (await call('GET', '/readyz')).status === 503);
  server.signal('SIGINT');
  assert.equal((await server.ended).code, 1);
});

test('logins that wait for a core when the signal comes are all answered', async () => {
  using operator = createProcessOperator();
  await using server = await operator.serve();
  const call = createClient(server.url);
  const waiting = Array.from({ length: 8 }, (_, at) => logIn(call, `nobody-${at}`));
  await Promise.race(waiting);
  server.signal('SIGTERM');
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set([401]));
  assert.equal((await server.ended).code, 0);
});

test('a second signal does not wait for the request under way', async () => {
  using operator = createProcessOperator();
  await using server = await operator.serve();
  const underWay = await beginLogIn(server);
  underWay.socket.on('error', () => undefined);
  server.signal('SIGTERM');
  await until(() => isClosed(server.port));
  server.signal('SIGTERM');
  assert.equal((await server.ended).code, 1);
  underWay.socket.destroy();
});

test('the configured administrator is made once on an empty database, and never again', async () => {
  using operator = createProcessOperator();
  writeFileSync(join(operator.folder, 'password'), `${password}\n`);
  const env = { ADMIN_EMAIL: 'ada@example.com', ADMIN_PASSWORD_FILE: 'password' };
  {
    await using server = await operator.serve(env);
    assert.doesNotMatch(server.said(), /no administrator|setup/);
    const call = createClient(server.url);
    const { body } = await call('POST', '/login', { json: { email: 'ada@example.com', password } });
    assert.equal(body.data.username, 'admin');
    assert.equal((await call('GET', '/permissions', { token: body.access_token })).status, 200);
    await stop(server);
  }
  await using changed = await operator.serve({
    ADMIN_EMAIL: 'mallory@example.com',
    ADMIN_PASSWORD: 'another long password',
  });
  const call = createClient(changed.url);
  assert.equal(await logIn(call, 'mallory', 'another long password'), 401);
  assert.equal(await logIn(call, 'ada'), 200);
  assert.match((await operator.run(['user', 'list'])).out, /^1 +admin +ada@example\.com +active\n$/m);
});

test('with --json the start is one line for a program', async () => {
  using operator = createProcessOperator();
  await using server = await operator.serve({}, ['--json']);
  const { setup_token: setupToken, ...said } = JSON.parse(server.said());
  assert.deepEqual([said.status, said.address, said.mode], ['listening', server.url, 'development']);
  assert.equal(setupToken.token, readFileSync(join(operator.folder, setupToken.file), 'utf8').trim());
  await stop(server);
  assert.equal(server.said().split('\n').length, 2);
});

test('where the data directory is not there yet and nothing else needs it, it is made for the set-up token', async () => {
  using operator = createProcessOperator();
  const env = {
    SECRET_KEY: 'a secret key that is long enough to be one',
    DATABASE_URL: 'sqlite://',
    DATA_DIR: 'new/data',
  };
  await using server = await operator.serve(env);
  assert.equal(statSync(join(operator.folder, 'new/data/setup-token')).mode & 0o777, 0o600);
  assert.equal((await createClient(server.url)('GET', '/readyz')).status, 200);
});

/** Starts a server that must not come up; what it says. */
async function refusedStart(operator: ProcessOperator, env: Readonly<Record<string, string>>): Promise<string> {
  const { code, out, err } = await operator.run(['serve'], { env: { LOG_LEVEL: 'silent', ...env } });
  assert.deepEqual([code, out], [1, '']);
  assert.doesNotMatch(err, /^ {4}at /m, 'no stack');
  return err;
}

test('a port in use, an address of another machine: it says so and ends with 1', async () => {
  using operator = createProcessOperator();
  await using taken = await takePort();
  const port = String(taken.port);
  assert.match(await refusedStart(operator, { PORT: port }), new RegExp(`^error: 127\\.0\\.0\\.1:${port} is in use`));
  const said = await refusedStart(operator, { HOST: '192.0.2.1', PORT: port });
  assert.match(said, /^error: 192\.0\.2\.1 is no address of this machine\.\n {2}Set HOST/);
});

test('a configured administrator that breaks the rules: it says which setting, and ends with 1', async () => {
  using operator = createProcessOperator();
  const env = { ADMIN_EMAIL: 'ada', ADMIN_PASSWORD: '12345678', ADMIN_USERNAME: 'a@b' };
  const said = await refusedStart(operator, env);
  for (const variable of Object.keys(env)) assert.match(said, new RegExp(`^ {2}${variable}$`, 'm'));
  assert.equal(said.includes('12345678'), false);
});
