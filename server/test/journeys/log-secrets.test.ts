/**
 * At its most talkative the log still holds no password, token, cookie, hash or key (ASVS 5.0 16.2.5); nor does the record of events,
 * nor what a refusal says. Every value that should be secret is collected on the way and then searched for, whole and in parts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '../../src/kernel/derive.ts';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** `kw_live_<id>_` */
const keyIdEnd = 24;

const secretKey = 'a key that seals the keys, and is secret itself';

/** Everything that must never be seen again. */
class Secrets {
  readonly #known = new Set<string>([secretKey]);

  /** What stands before the first dot is no secret (the id of a session, the header of every token); a short part is found by chance. */
  add(...texts: readonly (string | undefined | null)[]): void {
    for (const text of texts) {
      for (const part of [text ?? '', ...(text ?? '').split('.').slice(1)]) {
        if (part.length >= 8) this.#known.add(part);
      }
    }
  }

  get size(): number {
    return this.#known.size;
  }

  assertAbsent(where: string, text: string): void {
    for (const secret of this.#known) {
      for (const form of [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)]) {
        assert.equal(text.includes(form), false, `${where} holds ${form}:\n${text.slice(0, 400)}`);
      }
    }
  }
}

/** A client that remembers every secret that it sends or gets. */
function watched(call: Call, secrets: Secrets): Call {
  return async (method, path, options: CallOptions = {}): Promise<Answer> => {
    const sent = { ...(options.json as object), ...options.form } as Record<string, unknown>;
    for (const field of ['password', 'new_password', 'refresh_token', 'setup_token', 'client_secret'])
      secrets.add(String(sent[field] ?? ''));
    secrets.add(options.token, options.cookie, typeof options.raw === 'string' ? options.raw : undefined);
    for (const header of ['authorization', 'cookie']) secrets.add(options.headers?.[header]);
    const answer = await call(method, path, options);
    secrets.add(answer.cookie, answer.body.access_token, answer.body.refresh_token);
    // The beginning of a key is its public id.
    secrets.add(answer.body.key, answer.body.key?.slice(keyIdEnd));
    if (answer.status >= 400) secrets.assertAbsent(`the refusal of ${method} ${path}`, JSON.stringify(answer.body));
    return answer;
  };
}

/** Everything that the journeys do, well and badly. */
async function liveThrough(call: Call, server: TestServer, secrets: Secrets): Promise<void> {
  const setupToken = (await server.features.accounts.setupToken.issue())?.reveal() ?? '';
  secrets.add(setupToken);
  await call('POST', '/setup', { json: { ...bea, setup_token: `${setupToken}x` } });
  const admin = await call('POST', '/setup', { json: { ...bea, setup_token: setupToken } });
  await call('POST', '/setup', { json: { ...bea, setup_token: setupToken } });

  const signup = await call('POST', '/signup', { json: ada });
  for (const password of ['qwertyuiop', 'short-1', 'x'.repeat(300), 'NUL \0 inside', 'lone \ud800 half']) {
    await call('POST', '/signup', { json: { username: 'cleo', email: 'cleo@example.com', password } });
  }
  await call('POST', '/signup', { json: ada });
  await call('POST', '/signup', { json: { ...ada, extra: 'field', password: { value: ada.password } } });

  const { email, password } = ada;
  const login = await call('POST', '/login', { json: { email, password } });
  await call('POST', '/login', { json: { email, password: 'a wrong password, but nearly right' } });
  await call('POST', '/login', { json: { email: password, password: email } });
  const json = { 'content-type': 'application/json' };
  const raws = [`{"password":"${password}"`, `{"password":"${password}","password":"twice over"}`, password];
  for (const raw of raws) await call('POST', '/login', { raw, headers: json });
  await call('POST', '/login', { raw: `password=${password}`, headers: { 'content-type': 'text/plain' } });
  await behind(server.db, (db) =>
    db
      .updateTable('passwords')
      .set({ hash: `old$${password}` })
      .where('user_id', '=', 2),
  );
  await call('POST', '/token', {
    form: { grant_type: 'password', username: 'ada', password, client_secret: 'hush-hush-hush' },
  });
  await call('POST', '/token', { form: { grant_type: 'password', username: 'ada', password: `${password}!` } });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  await call('POST', '/token', { raw: `password=${encodeURIComponent(password)}&password=%zz`, headers: form });

  const { access_token: token, refresh_token: refreshToken } = login.body;
  await call('GET', '/user', { token });
  await call('GET', '/user', { token: `${token}x` });
  await call('GET', `/user?access_token=${token}`);
  await call('GET', `/${token}`);
  await call('GET', '/user', {
    headers: { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` },
  });
  await call('GET', '/user', { headers: { authorization: `Bearer "${token}"` } });

  const refreshed = await call('GET', '/refresh-access-token', { cookie: refreshToken });
  await call('POST', '/refresh-access-token', { json: { refresh_token: refreshed.cookie } });
  await call('POST', '/token', { form: { grant_type: 'refresh_token', refresh_token: signup.body.refresh_token } });
  await call('GET', `/refresh-access-token?refresh_token=${refreshed.cookie}`);
  await call('GET', '/refresh-access-token', {
    cookie: `${refreshToken}x`,
    headers: { origin: 'https://evil.example' },
  });
  await call('GET', '/refresh-access-token', { cookie: refreshToken });

  await call('POST', '/users/roles', {
    token: admin.body.access_token,
    json: { name: 'x', permissions: ['x:y'] },
  });
  await call('DELETE', '/users/1', { token: signup.body.access_token });
  await useKeys(call, admin.body.access_token);
  await useMails(call, server, secrets);
  await call('POST', '/logout', { token: signup.body.access_token, cookie: signup.cookie });
  await call('DELETE', '/users/2', { token: admin.body.access_token });
}

/** Mails that let somebody in: asked for, mistyped, put where they do not belong, used. */
async function useMails(call: Call, server: TestServer, secrets: Secrets): Promise<void> {
  const { email } = ada;
  await server.newMails();
  for (const path of ['/password/forgot', '/login/email']) {
    for (const address of [email, 'nobody@example.com']) await call('POST', path, { json: { email: address } });
  }
  const [reset, signIn] = (await server.newMails()).map(tokenOf);
  secrets.add(reset, signIn);
  for (const token of [`${reset}x`, signIn, reset]) {
    await call('GET', `/mail/reset-password?token=${token}`);
    await call('POST', '/password/reset', { json: { token, new_password: 'short-2' } });
    await call('POST', '/password/reset', { json: { token, new_password: 'nine grey herons wade' } });
    await call('POST', '/login/email/verify', { json: { token } });
    await call('POST', '/login/email/verify', { json: { email: token, code: '000000' } });
  }
  for (const path of ['/password/forgot', '/login/email']) await call('POST', path, { json: { email: reset } });
}

/** API keys: made, used, mistyped, put where they do not belong, revoked. */
async function useKeys(call: Call, token: string): Promise<void> {
  const json = { name: 'ci', permissions: ['permissions:read', 'permissions:write'] };
  const { id, key } = (await call('POST', '/api-keys', { token, json })).body;
  await call('POST', '/api-keys', { token, json: { ...json, name: key, permissions: [key] } });
  for (const path of ['/permissions', '/user', `/permissions?api_key=${key}`, `/${key}`, `/api-keys/${key}`]) {
    await call('GET', path, { token: key });
  }
  await call('POST', '/permissions', { token: key, json: { name: key } });
  await call('GET', '/permissions', { token: `${key}x` });
  await call('GET', '/permissions', { headers: { authorization: `Bearer "${key}"` } });
  await call('POST', '/refresh-access-token', { json: { refresh_token: key } });
  await call('POST', '/introspect', { token, form: { token: key } });
  await call('DELETE', `/api-keys/${id}`, { token });
  await call('GET', '/permissions', { token: key });
  await call('POST', '/revoke', { form: { token: key } });
}

/** What the database keeps in place of secrets, which is not for the log either. */
async function addStored(server: TestServer, secrets: Secrets): Promise<void> {
  const hashes = await behind<{ hash: string }>(server.db, (db) => db.selectFrom('passwords').select('hash'));
  const sessions = await behind<{ token_hash: string }>(server.db, (db) =>
    db.selectFrom('sessions').select('token_hash'),
  );
  const keys = await behind<{ sealed_private_key: string }>(server.db, (db) =>
    db.selectFrom('signing_keys').selectAll(),
  );
  const apiKeys = await behind<{ key_hash: string }>(server.db, (db) => db.selectFrom('api_keys').select('key_hash'));
  const jwk = (await server.features.keys.ring()).current.privateKey.export({ format: 'jwk' }) as { d: string };
  secrets.add(...apiKeys.map((row) => row.key_hash));
  secrets.add(...hashes.map(({ hash }) => hash), ...sessions.map((row) => row.token_hash));
  secrets.add(...keys.map((row) => row.sealed_private_key), jwk.d, sha256(ada.password));
}

test('a whole life at level trace leaves no secret in the log, in the record of events, or in a refusal', async () => {
  await using server = await startServer({ secretKey });
  const secrets = new Secrets();
  await liveThrough(watched(createClient(server.url), secrets), server, secrets);
  await addStored(server, secrets);

  assert.ok(secrets.size > 40, `${secrets.size} secrets were collected`);
  assert.ok(server.log.length > 30, 'there is a log to search');
  for (const line of server.log) secrets.assertAbsent('the log', line);
  const events = await server.newEvents();
  assert.ok(events.length > 10);
  secrets.assertAbsent('the record of events', JSON.stringify(events));
});

test('a database that fails in the middle of everything brings no secret into the log either', async () => {
  const db = await openTestDatabase();
  await using server = await startServer({ db, secretKey });
  const secrets = new Secrets();
  const call = watched(createClient(server.url), secrets);
  const held = await call('POST', '/signup', { json: ada });
  const json = { name: 'ci', permissions: ['permissions:read'] };
  const made = await call('POST', '/api-keys', { token: await server.admin(), json });
  await addStored(server, secrets);
  await db.close();

  const { email, password } = ada;
  const { access_token: token, refresh_token: refreshToken } = held.body;
  const answers = [
    await call('POST', '/login', { json: { email, password } }),
    await call('POST', '/signup', { json: bea }),
    await call('POST', '/token', { form: { grant_type: 'password', username: email, password } }),
    await call('GET', '/refresh-access-token', { cookie: refreshToken }),
    await call('POST', '/logout', { token, cookie: refreshToken }),
    await call('GET', '/user', { token }),
    await call('GET', '/permissions', { token: made.body.key }),
    await call('POST', '/revoke', { form: { token: made.body.key } }),
  ];
  for (const { status } of answers) assert.ok(status >= 500);
  assert.ok(
    server.log.some((line) => line.includes('"stack"')),
    'faults are logged with where they happened',
  );
  for (const line of server.log) secrets.assertAbsent('the log', line);
});

test('what is searched for would be found', () => {
  const secrets = new Secrets();
  secrets.add('eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlIQ');
  assert.throws(() => secrets.assertAbsent('a line', '{"x":"c2lnbmF0dXJlIQ"}'), /a line holds/);
  assert.throws(() => secrets.assertAbsent('a line', 'eyJzdWIiOiIxIn0'), /a line holds/);
  secrets.assertAbsent('a line', 'eyJhbGciOiJFUzI1NiJ9');
});
