import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FakeIssuer, startIssuer } from './fake-issuer.ts';
import { until } from './manual-time.ts';
import { nodesAtHand, type Packed, pack } from './packed.ts';

let packed: Packed;
before(() => {
  packed = pack();
});
after(() => packed[Symbol.dispose]());

/** Runs a program to its end. */
async function run(node: string, file: string, environment: Record<string, string>): Promise<string> {
  const child = spawn(node, [file], { cwd: packed.folder, env: { ...process.env, ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  await once(child, 'close');
  return output;
}

const aFreePort = async (): Promise<number> => {
  const probe = await startIssuer(() => 0);
  const { port } = new URL(probe.url);
  await probe[Symbol.asyncDispose]();
  return Number(port);
};

describe('the package as it is published', () => {
  test('verifies a token, and refuses a revoked one within a second, under this Node and the oldest at hand', async (t) => {
    const program = `
      import { createVerifier, TokenRefused } from '@keyward/verify';
      for (const adapter of ['node', 'fastify', 'hono', 'fetch']) await import('@keyward/verify/' + adapter);
      const verifier = createVerifier({ issuer: process.env.ISSUER });
      await verifier.ready();
      const claims = await verifier.verify(process.env.TOKEN);
      const refused = await verifier.verify(process.env.REVOKED).catch((error) => error);
      const forged = await verifier.verify(process.env.TOKEN.slice(0, -4) + 'AAAA').catch((error) => error);
      verifier.close();
      console.log(process.version, claims.sub, refused instanceof TokenRefused, refused.code, forged.code);
    `;
    writeFileSync(join(packed.folder, 'program.mjs'), program);
    await using issuer = await startIssuer(() => Date.now());
    issuer.revoke(4);
    for (const alg of ['ES256', 'EdDSA', 'RS256']) {
      const key = await issuer.newKey(`key-${alg}`, alg);
      const REVOKED = await issuer.token({ status: { status_list: { idx: 4, uri: issuer.listUri() } } }, {}, key);
      const environment = { ISSUER: issuer.url, TOKEN: await issuer.token({}, {}, key), REVOKED };
      for (const node of nodesAtHand(process.env.PATH ?? '')) {
        const output = await run(node, 'program.mjs', environment);
        t.diagnostic(`${alg}: ${output.trim()}`);
        assert.match(output, /^v\d+\S+ 7 true revoked bad-signature$/m);
      }
    }
  });

  test('its core asks nothing of Node: only web APIs, and jose', () => {
    const dist = join(packed.folder, 'node_modules', '@keyward', 'verify', 'dist');
    for (const file of readdirSync(dist)) {
      const text = readFileSync(join(dist, file), 'utf8');
      const imports = [...text.matchAll(/from ["']([^"']+)["']/g)].map(([, name]) => name ?? '');
      const foreign = imports.filter((name) => !name.startsWith('./') && name !== 'jose');
      assert.deepEqual(foreign, file === 'node.d.ts' ? ['node:http'] : [], file);
      assert.doesNotMatch(text, /\b(?:Buffer|process|require)\b[.(]/, file);
    }
  });
});

interface Api {
  readonly url: string;
  readonly port: number;
  call(authorization: string | undefined, method?: string): Promise<Response>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function startExample(file: string, issuer: FakeIssuer): Promise<Api> {
  const port = await aFreePort();
  const environment = { ...process.env, ISSUER: issuer.url, PORT: String(port) };
  const child: ChildProcess = spawn(process.execPath, [join('examples', file)], {
    cwd: packed.folder,
    env: environment,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += String(chunk)));
  const ended = once(child, 'close');
  await until(() => output.includes('listening') || child.exitCode !== null, file);
  assert.equal(child.exitCode, null, output);
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    port,
    call: (authorization, method = 'GET') =>
      fetch(url, { method, headers: authorization === undefined ? {} : { authorization } }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** `fetch` would join them. */
async function withTwoHeaders(port: number, token: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const header = `Authorization: Bearer ${token}\r\n`;
  socket.end(`GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${header}${header}\r\n`);
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  await once(socket, 'close');
  return answer;
}

describe('each example', () => {
  for (const file of ['node.ts', 'express.js', 'fastify.ts', 'hono.ts', 'fetch.ts']) {
    test(`${file}: good, missing, bad, forbidden, doubled, revoked`, async () => {
      await using issuer = await startIssuer(() => Date.now());
      await using api = await startExample(file, issuer);
      const good = await issuer.token();
      const reader = await issuer.token({
        permissions: [],
        status: { status_list: { idx: 5, uri: issuer.listUri() } },
      });

      const allowed = await api.call(`Bearer ${good}`);
      assert.deepEqual([allowed.status, await allowed.json()], [200, { user: '7' }]);
      assert.equal((await api.call(`Bearer ${good}`, 'POST')).status, 200);

      const missing = await api.call(undefined);
      assert.deepEqual([missing.status, missing.headers.get('www-authenticate')], [401, 'Bearer']);
      assert.match(missing.headers.get('content-type') ?? '', /^application\/problem\+json/);

      const bad = await api.call(`Bearer ${good}x`);
      assert.equal(bad.status, 401);
      assert.match(bad.headers.get('www-authenticate') ?? '', /error="invalid_token"/);

      const forbidden = await api.call(`Bearer ${reader}`, 'POST');
      assert.equal(forbidden.status, 403);
      assert.match(forbidden.headers.get('www-authenticate') ?? '', /scope="posts:publish"/);
      assert.match(await forbidden.text(), /"code":"insufficient-permission"/);

      assert.match(await withTwoHeaders(api.port, good), /^HTTP\/1\.1 40[01] /);

      await until(() => issuer.feeds.size === 1);
      const asked = issuer.requests.length;
      issuer.revoke(3);
      await until(async () => (await api.call(`Bearer ${good}`)).status === 401);
      assert.match(await (await api.call(`Bearer ${good}`)).text(), /"code":"revoked"/);
      assert.equal((await api.call(`Bearer ${reader}`)).status, 200);
      assert.equal(issuer.requests.length, asked);
    });
  }
});
