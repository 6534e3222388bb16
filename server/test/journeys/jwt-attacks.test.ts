/**
 * Forged and broken access tokens against GET /user (RFC 8725, RFC 9068, RFC 6750). Every one is refused with 401 and a challenge, never
 * with a fault of ours; nothing is fetched, nothing recorded, and the genuine token goes on working.
 *
 * Where the server must refuse for the header's sake, the token is signed with the genuine key, so that nothing but the header can be
 * the reason.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { CompactEncrypt } from 'jose';
import { startCanary } from '../support/canary.ts';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { alphabet, encode, macked, type Pieces, signedBy, takeApart, withChar } from '../support/forge.ts';
import { ada, bea, type Held, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { headerOf, send, type WireAnswer } from '../support/wire.ts';

/** Everything an attacker could have, and the genuine private key besides, which they have not. */
interface Scene extends AsyncDisposable {
  readonly server: TestServer;
  readonly held: Held;
  readonly genuine: Pieces;
  readonly ours: KeyObject;
  readonly publicKey: KeyObject;
  readonly theirs: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

async function createScene(): Promise<Scene> {
  const server = await startServer();
  const held = await signUp(createClient(server.url));
  await server.newEvents();
  const { privateKey: ours, publicKey } = (await server.features.keys.ring()).current;
  const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const genuine = takeApart(held.accessToken);
  return { server, held, genuine, ours, publicKey, theirs, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const present = (server: TestServer, authorization: string): Promise<WireAnswer> =>
  send(server.url, { path: '/user', headers: [['Authorization', authorization]] });

/** Asserts that each token is refused, that asking left no trace, and that the genuine token is none the worse for it. */
async function assertRefused({ server, held }: Scene, tokens: Readonly<Record<string, string>>): Promise<void> {
  for (const [what, token] of Object.entries(tokens)) {
    assert.notEqual(token, held.accessToken, what);
    const answer = await present(server, `Bearer ${token}`);
    const challenge = headerOf(answer, 'www-authenticate') ?? '';
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [401, 'invalid-token'], what);
    assert.match(challenge, /^Bearer realm="keyward", error="invalid_token", error_description="[^"]+"$/, what);
    assert.equal(headerOf(answer, 'set-cookie'), undefined, what);
  }
  assert.deepEqual(await server.newEvents(), []);
  assert.equal((await present(server, `Bearer ${held.accessToken}`)).status, 200);
}

/** Names for a list of tokens, so that a failure says which. */
const numbered = (what: string, tokens: readonly string[]): Record<string, string> =>
  Object.fromEntries(tokens.map((token, at) => [`${what} ${at}`, token]));

describe('algorithms that are not ours', () => {
  const nones = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', '', 'n\u043ene', 'none\0', 'undefined', 'null'];

  test('alg none, in every spelling, without a signature, with the old one, and with one of the genuine key', async () => {
    await using scene = await createScene();
    const { genuine, ours } = scene;
    const [, , signature] = genuine.segments;
    for (const alg of [...nones, null, false, 0, [], ['none'], {}]) {
      const header = { ...genuine.header, alg };
      const unsigned = `${encode(header)}.${encode(genuine.payload)}.`;
      await assertRefused(scene, {
        [`${alg} empty`]: unsigned,
        [`${alg} without its last dot`]: unsigned.slice(0, -1),
        [`${alg} with the old signature`]: `${unsigned}${signature}`,
        [`${alg} signed`]: signedBy(ours, header, genuine.payload),
        [`${alg} with nothing else in the header`]: `${encode({ alg })}.${encode(genuine.payload)}.`,
      });
    }
  });

  test('HS256, HS384 and HS512 under the public key in every form that somebody could take for a secret', async () => {
    await using scene = await createScene();
    const { genuine, publicKey } = scene;
    const jwk = publicKey.export({ format: 'jwk' }) as { x: string; y: string };
    const published = (await createClient(scene.server.url)('GET', '/.well-known/jwks.json')).body;
    const [x, y] = [jwk.x, jwk.y].map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer];
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const der = publicKey.export({ format: 'der', type: 'spki' });
    const forms: Readonly<Record<string, string | Buffer>> = {
      PEM: pem,
      'PEM without its last newline': pem.trimEnd(),
      'PEM with CRLF': pem.replaceAll('\n', '\r\n'),
      'PEM without its frame': pem.replaceAll(/-.*-|\n/g, ''),
      DER: der,
      'DER in base64': der.toString('base64'),
      'DER in hex': der.toString('hex'),
      JWK: JSON.stringify(jwk),
      'JWK as published': JSON.stringify(published.keys[0]),
      'JWK set': JSON.stringify(published),
      'JWK with a newline': `${JSON.stringify(jwk)}\n`,
      x: x,
      y: y,
      'x and y': Buffer.concat([x, y]),
      'the point': Buffer.concat([Buffer.from([4]), x, y]),
      'the compressed point': Buffer.concat([Buffer.from([2 + ((y.at(-1) ?? 0) % 2)]), x]),
      'x in base64url': jwk.x,
      'y in base64url': jwk.y,
      kid: String(genuine.header.kid),
      nothing: '',
      'a zero byte': Buffer.from([0]),
    };
    for (const bits of [256, 384, 512] as const) {
      for (const [form, key] of Object.entries(forms)) {
        const header = { ...genuine.header, alg: `HS${bits}` };
        await assertRefused(scene, {
          [`HS${bits} ${form}`]: macked(bits, key, header, genuine.payload),
          [`HS${bits} ${form}, said to be ES256`]: macked(bits, key, genuine.header, genuine.payload),
        });
      }
    }
  });

  test('every other algorithm name, even over a genuine signature', async () => {
    await using scene = await createScene();
    const { genuine, ours } = scene;
    const names = [
      'ES384',
      'ES512',
      'ES256K',
      'RS256',
      'PS256',
      'EdDSA',
      'Ed25519',
      'es256',
      'ES256 ',
      'ESP256',
      'dir',
      'ECDH-ES',
    ];
    const tokens = names.map((alg) => [alg, signedBy(ours, { ...genuine.header, alg }, genuine.payload)]);
    await assertRefused(scene, Object.fromEntries(tokens));
  });
});

describe('keys that are not ours', () => {
  test('a foreign key under our kid, under its own, and under none', async () => {
    await using scene = await createScene();
    const { genuine, theirs } = scene;
    const { kid: _, ...nameless } = genuine.header;
    await assertRefused(scene, {
      'our kid': signedBy(theirs.privateKey, genuine.header, genuine.payload),
      'another kid': signedBy(theirs.privateKey, { ...genuine.header, kid: 'theirs' }, genuine.payload),
      'no kid': signedBy(theirs.privateKey, nameless, genuine.payload),
    });
  });

  test('a header that brings a key or says where to fetch one: nobody goes there', async () => {
    await using scene = await createScene();
    const { genuine, ours, theirs } = scene;
    const jwk = { ...theirs.publicKey.export({ format: 'jwk' }), kid: genuine.header.kid, alg: 'ES256', use: 'sig' };
    await using canary = await startCanary({ keys: [jwk] });
    const { url } = canary;
    const der = theirs.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const lures: readonly Record<string, unknown>[] = [
      { jwk },
      { jku: `${url}/jwks.json` },
      { jku: `${url}/.well-known/jwks.json`, kid: 'theirs' },
      { x5u: `${url}/cert.pem` },
      { x5c: [der] },
      { x5t: 'A', 'x5t#S256': 'B' },
      { iss: url },
      { kid: `${url}/key` },
      { kid: `//${url.slice(7)}/key` },
      { kid: { url } },
      { kid: [genuine.header.kid] },
      { url: `${url}/` },
    ];
    for (const [at, lure] of lures.entries()) {
      const header = { ...genuine.header, ...lure };
      await assertRefused(scene, {
        [`${at} theirs`]: signedBy(theirs.privateKey, header, { ...genuine.payload, iss: url }),
        [`${at} genuine`]: signedBy(ours, header, genuine.payload),
      });
    }
    assert.deepEqual(canary.heard, []);
  });

  test('a kid that names a file, a query, a command or a property', async () => {
    await using scene = await createScene();
    const { genuine, ours } = scene;
    const { kid } = genuine.header;
    const kids = [
      '../../../../dev/null',
      '/dev/null',
      '/proc/self/environ',
      'C:\\Windows\\win.ini',
      `${kid}' or '1'='1`,
      "x' union select 'AA' --",
      `${kid}; sleep 10`,
      `$(sleep 10)`,
      `${kid}\0`,
      `${kid} `,
      String(kid).toLowerCase(),
      '__proto__',
      'constructor',
      'toString',
      '',
      null,
      0,
      true,
      {},
    ];
    const tokens = kids.map((it) => signedBy(ours, { ...genuine.header, kid: it }, genuine.payload));
    const emptyKey = kids.map((it) => macked(256, '', { alg: 'HS256', typ: 'at+jwt', kid: it }, genuine.payload));
    await assertRefused(scene, { ...numbered('signed', tokens), ...numbered('MAC under nothing', emptyKey) });
  });
});

describe('headers that say something else', () => {
  test('extensions, other types, other forms of the same header: refused though the signature is genuine', async () => {
    await using scene = await createScene();
    const { genuine, ours } = scene;
    const { alg, typ, kid } = genuine.header as Record<string, string>;
    const headers: Readonly<Record<string, unknown>> = {
      'crit empty': { ...genuine.header, crit: [] },
      'crit of what nobody knows': { ...genuine.header, crit: ['exp'], exp: 0 },
      'crit b64': { ...genuine.header, b64: false, crit: ['b64'] },
      'b64 false': { ...genuine.header, b64: false },
      'b64 true': { ...genuine.header, b64: true, crit: ['b64'] },
      zip: { ...genuine.header, zip: 'DEF' },
      'cty JWT': { ...genuine.header, cty: 'JWT' },
      enc: { ...genuine.header, enc: 'A256GCM' },
      'typ JWT': { ...genuine.header, typ: 'JWT' },
      'typ of an ID token': { alg, typ: 'JWT', kid },
      'typ in capitals': { ...genuine.header, typ: 'AT+JWT' },
      'typ in full': { ...genuine.header, typ: 'application/at+jwt' },
      'typ of a logout token': { ...genuine.header, typ: 'logout+jwt' },
      'typ missing': { alg, kid },
      'typ null': { ...genuine.header, typ: null },
      'kid missing': { alg, typ },
      'alg missing': { typ, kid },
      'another order': { kid, typ, alg },
      'with spaces': JSON.stringify(genuine.header, undefined, 1),
      'with a newline': `${JSON.stringify(genuine.header)}\n`,
      'with a byte order mark': `\ufeff${JSON.stringify(genuine.header)}`,
      'alg twice, none first': `{"alg":"none","alg":"ES256","typ":"${typ}","kid":"${kid}"}`,
      'alg twice, none last': `{"alg":"ES256","typ":"${typ}","kid":"${kid}","alg":"none"}`,
      'kid twice': `{"alg":"ES256","typ":"${typ}","kid":"x","kid":"${kid}"}`,
      'escaped letters': JSON.stringify(genuine.header).replace('ES256', '\\u0045S256'),
      'a comment': `{/*x*/${JSON.stringify(genuine.header).slice(1)}`,
      'no JSON': 'ES256',
      'a list': [genuine.header],
      'a text': '"ES256"',
      'a number': '1',
      null: 'null',
      'empty object': {},
      broken: JSON.stringify(genuine.header).slice(0, -1),
      deep: '['.repeat(2_000),
    };
    const tokens = Object.entries(headers).map(([what, header]) => [what, signedBy(ours, header, genuine.payload)]);
    await assertRefused(scene, Object.fromEntries(tokens));
  });

  test('other tokens that are genuine: an ID token, a refresh token, a token that holds a token', async () => {
    await using scene = await createScene();
    const { genuine, held, ours } = scene;
    const { iss, sub, exp, iat } = genuine.payload;
    const idToken = { iss, sub, aud: 'some-client', exp, iat, nonce: 'n', email: ada.email };
    await assertRefused(scene, {
      'ID token': signedBy(ours, { ...genuine.header, typ: 'JWT' }, idToken),
      'ID token with the type of an access token': signedBy(ours, genuine.header, idToken),
      'refresh token': held.refreshToken,
      nested: signedBy(ours, { ...genuine.header, cty: 'JWT' }, held.accessToken),
    });
  });
});

describe('signatures', () => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const bytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

  test('missing, cut, extended, doubled, of zeros, of the order of the curve, in DER, in other encodings', async () => {
    await using scene = await createScene();
    const { genuine, ours } = scene;
    const [header, payload, signature] = genuine.segments;
    const input = `${header}.${payload}`;
    const raw = Buffer.from(signature, 'base64url');
    const [r, s] = [raw.subarray(0, 32), raw.subarray(32)];
    const zero = Buffer.alloc(32);
    const made: Readonly<Record<string, Buffer>> = {
      'cut by a byte': raw.subarray(0, 63),
      'its first half': r,
      'one byte': raw.subarray(0, 1),
      'with a zero byte more': Buffer.concat([raw, Buffer.from([0])]),
      'with a zero byte before': Buffer.concat([Buffer.from([0]), raw]),
      'each half with a zero byte before': Buffer.concat([Buffer.from([0]), r, Buffer.from([0]), s]),
      doubled: Buffer.concat([raw, raw]),
      'halves swapped': Buffer.concat([s, r]),
      'zeros (CVE-2022-21449)': Buffer.alloc(64),
      'r is zero': Buffer.concat([zero, s]),
      's is zero': Buffer.concat([r, zero]),
      'r is the order': Buffer.concat([bytes(order), s]),
      's is the order': Buffer.concat([r, bytes(order)]),
      'both are the order': Buffer.concat([bytes(order), bytes(order)]),
      'r and s are one': Buffer.concat([bytes(1n), bytes(1n)]),
      'all bits set': Buffer.alloc(64, 0xff),
      DER: sign('sha256', Buffer.from(input), ours),
      'DER of zeros': Buffer.from('3006020100020100', 'hex'),
      'of another digest': sign('sha512', Buffer.from(input), { key: ours, dsaEncoding: 'ieee-p1363' }),
      'of the payload alone': sign('sha256', Buffer.from(payload), { key: ours, dsaEncoding: 'ieee-p1363' }),
    };
    const tokens = Object.entries(made).map(([what, it]) => [what, `${input}.${it.toString('base64url')}`]);
    await assertRefused(scene, {
      ...Object.fromEntries(tokens),
      missing: `${input}.`,
      'missing with its dot': input,
      'in hex': `${input}.${raw.toString('hex')}`,
      padded: `${input}.${signature}==`,
      'padded once': `${input}.${signature}=`,
      'in the alphabet of base64': `${input}.${signature.replaceAll('-', '+').replaceAll('_', '/')}/`,
    });
  });

  test('other letters for the same bytes: padding in any segment, and + and / for - and _', async () => {
    await using scene = await createScene();
    const { genuine, ours } = scene;
    let token = '';
    // Until the signature holds both of the characters in which the two alphabets differ.
    for (let jti = 0; !/-.*_|_.*-/.test(token.split('.')[2] ?? ''); jti += 1)
      token = signedBy(ours, genuine.header, { ...genuine.payload, jti: String(jti) });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const other = signature.replaceAll('-', '+').replaceAll('_', '/');
    assert.equal((await present(scene.server, `Bearer ${token}`)).status, 200);
    await assertRefused(scene, {
      'both replaced': `${header}.${payload}.${other}`,
      'both replaced and padded': `${header}.${payload}.${other}==`,
      'header padded': `${header}=.${payload}.${signature}`,
      'payload padded': `${header}.${payload}=.${signature}`,
    });
  });

  test('every other last character, also those that stand for the same bytes', async () => {
    await using scene = await createScene();
    const { accessToken } = scene.held;
    for (let back = 1; back <= 4; back += 1) {
      const at = accessToken.length - back;
      const others = [...alphabet].filter((char) => char !== accessToken[at]);
      assert.equal(others.length, 63);
      await assertRefused(
        scene,
        numbered(
          `${back} from the end`,
          others.map((char) => withChar(accessToken, at, char)),
        ),
      );
    }
    await assertRefused(
      scene,
      numbered(
        'one more',
        [...alphabet].map((char) => `${accessToken}${char}`),
      ),
    );
  });

  test('one character changed, anywhere', async () => {
    await using scene = await createScene();
    const { accessToken } = scene.held;
    const changed = [...accessToken].map((char, at) => {
      const next = alphabet[(alphabet.indexOf(char) + 1) % alphabet.length] ?? 'A';
      return withChar(accessToken, at, char === '.' ? '-' : next);
    });
    await assertRefused(scene, numbered('place', changed));
  });

  test('one character left out or put in, anywhere', async () => {
    await using scene = await createScene();
    const { accessToken: token } = scene.held;
    const places = Array.from({ length: Math.ceil(token.length / 7) }, (_, at) => at * 7);
    await assertRefused(
      scene,
      numbered(
        'without',
        places.map((at) => `${token.slice(0, at)}${token.slice(at + 1)}`),
      ),
    );
    await assertRefused(
      scene,
      numbered(
        'with',
        places.map((at) => `${token.slice(0, at)}A${token.slice(at)}`),
      ),
    );
  });
});

describe('claims', () => {
  test('changed by somebody without our key, with the old signature and with their own', async () => {
    await using scene = await createScene();
    const { genuine, theirs } = scene;
    const [header, , signature] = genuine.segments;
    const changes: readonly object[] = [
      { sub: '2' },
      { sub: 1 },
      { sid: 'AAAAAAAAAAAAAAAAAAAAAA' },
      { exp: 99_999_999_999 },
      { exp: null },
      { permissions: ['users:delete'] },
      { roles: ['admin'] },
      { iss: 'https://evil.example' },
    ];
    for (const [at, change] of changes.entries()) {
      const payload = { ...genuine.payload, ...change };
      await assertRefused(scene, {
        [`${at} old signature`]: `${header}.${encode(payload)}.${signature}`,
        [`${at} their signature`]: signedBy(theirs.privateKey, genuine.header, payload),
      });
    }
  });

  test("one user's session under another user's id, though the signature is genuine", async () => {
    await using scene = await createScene();
    const { genuine, server, ours } = scene;
    const other = await signUp(createClient(server.url), bea);
    await server.newEvents();
    const claims = { ...genuine.payload };
    await assertRefused(scene, {
      'another user': signedBy(ours, genuine.header, { ...claims, sub: String(other.id) }),
      'another session': signedBy(ours, genuine.header, { ...claims, sid: other.sessionId }),
      'no such user': signedBy(ours, genuine.header, { ...claims, sub: '999' }),
      'no user': signedBy(ours, genuine.header, { ...claims, sub: '' }),
      'no session': signedBy(ours, genuine.header, { ...claims, sid: '' }),
      'text for a user': signedBy(ours, genuine.header, { ...claims, sub: 'ada' }),
    });
  });

  test('expired by the clock, or never said to expire', async () => {
    await using scene = await createScene();
    const { genuine, held, server, ours } = scene;
    const { exp, ...endless } = genuine.payload;
    await assertRefused(scene, {
      'no exp': signedBy(ours, genuine.header, endless),
      'exp null': signedBy(ours, genuine.header, { ...endless, exp: null }),
      'exp no number': signedBy(ours, genuine.header, { ...endless, exp: 'never' }),
      'exp now': signedBy(ours, genuine.header, { ...endless, exp: Math.floor(server.clock.now() / 1_000) }),
      'exp long ago': signedBy(ours, genuine.header, { ...endless, exp: 0 }),
    });
    server.clock.advance(Number(exp) * 1_000 - server.clock.now());
    const answer = await present(server, `Bearer ${held.accessToken}`);
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [401, 'invalid-token']);
  });

  test('of another issuer or for another audience: minted by a second server over the same keys', async () => {
    const world = { db: await openTestDatabase(), clock: createTestClock() };
    await using _ = { [Symbol.asyncDispose]: () => world.db.close() };
    await using here = await startServer(world);
    await using there = await startServer({ ...world, env: { PUBLIC_URL: 'https://other.example.com' } });
    const mine = await signUp(createClient(here.url));
    const foreign = await signUp(createClient(there.url), bea);
    assert.deepEqual(takeApart(mine.accessToken).header, takeApart(foreign.accessToken).header);

    const { header, payload } = takeApart(mine.accessToken);
    const { privateKey } = (await here.features.keys.ring()).current;
    const elsewhere = { iss: 'https://other.example.com', aud: 'https://other.example.com' };
    const refused = [
      foreign.accessToken,
      signedBy(privateKey, header, { ...payload, iss: elsewhere.iss }),
      signedBy(privateKey, header, { ...payload, aud: elsewhere.aud }),
      signedBy(privateKey, header, { ...payload, aud: [payload.aud, elsewhere.aud] }),
      signedBy(privateKey, header, { ...payload, iss: `${payload.iss}/` }),
      signedBy(privateKey, header, { ...payload, aud: undefined }),
    ];
    for (const token of refused) assert.equal((await present(here, `Bearer ${token}`)).status, 401);
    assert.equal((await present(there, `Bearer ${mine.accessToken}`)).status, 401);
    assert.equal((await present(here, `Bearer ${mine.accessToken}`)).status, 200);
    assert.equal((await present(there, `Bearer ${foreign.accessToken}`)).status, 200);
  });
});

describe('what is no compact JWS', () => {
  test('encrypted tokens, JSON serialisations, wrong numbers of dots, great length', async () => {
    await using scene = await createScene();
    const { genuine, held, publicKey } = scene;
    const [header, payload, signature] = genuine.segments;
    const encrypted = await new CompactEncrypt(Buffer.from(JSON.stringify(genuine.payload)))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: String(genuine.header.kid) })
      .encrypt(publicKey);
    await assertRefused(scene, {
      'JWE under our public key': encrypted,
      'JWE around the token': `${encrypted.split('.').slice(0, 4).join('.')}.${signature}`,
      'JSON, flattened': JSON.stringify({ protected: header, payload, signature }),
      'JSON, general': JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
      'JSON without quotes': `{protected:${header},payload:${payload},signature:${signature}}`,
      'one segment': header,
      'four segments': `${held.accessToken}.${signature}`,
      'a dot at the end': `${held.accessToken}.`,
      'a dot at the beginning': `.${held.accessToken}`,
      'dots alone': '..',
      '8,000 dots': '.'.repeat(8_000),
      '10,000 dots': '.'.repeat(10_000),
      '9 KB': `${header}.${'A'.repeat(9_000)}.${signature}`,
      'detached payload': `${header}..${signature}`,
      'two tokens': `${held.accessToken},${held.accessToken}`,
      'two tokens with a space': `${held.accessToken} ${held.accessToken}`,
      'in quotes': `"${held.accessToken}"`,
      'percent-encoded': encodeURIComponent(`${held.accessToken}=`),
      'a space inside': `${header}. ${payload}.${signature}`,
      'a tab at the end of the header': `${header}\t.${payload}.${signature}`,
      undefined: 'undefined',
      null: 'null',
      'latin letters': `${held.accessToken}é`,
    });
  });

  test('a token of 1 MB is refused before it is read: 431, and the server goes on', async () => {
    await using scene = await createScene();
    const { server, held } = scene;
    const answer = await present(server, `Bearer ${'A'.repeat(1_000_000)}`).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    // The server may have closed before the client was done sending.
    if (answer instanceof Error) assert.match(answer.code ?? '', /ECONNRESET|EPIPE/);
    else assert.equal(answer.status, 431);
    assert.equal((await present(server, `Bearer ${held.accessToken}`)).status, 200);
  });
});

describe('where the token stands', () => {
  test('only in the Authorization header: not in the address, the body, a cookie, or a header of another name', async () => {
    await using scene = await createScene();
    const { server, held } = scene;
    const token = held.accessToken;
    const form = `access_token=${token}`;
    const type = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
    const elsewhere = [
      { path: `/user?access_token=${token}` },
      { path: `/user?token=${token}&authorization=Bearer%20${token}` },
      { path: '/user', headers: [['Cookie', form]] as const },
      { path: '/user', headers: [['Cookie', `refresh_token=${token}`]] as const },
      { path: '/user', headers: [['X-Access-Token', token]] as const },
      { path: '/user', headers: [['Proxy-Authorization', `Bearer ${token}`]] as const },
      { path: '/user', headers: [type], body: form },
      { path: '/user', headers: [['Authorization', '']] as const },
      { path: '/user', headers: [['Authorization', token]] as const },
      { path: '/user', headers: [['Authorization', `Token ${token}`]] as const },
      { path: '/user', headers: [['Authorization', `JWT ${token}`]] as const },
      { path: '/user', headers: [['Authorization', `Bearer:${token}`]] as const },
      { path: '/user', headers: [['Authorization', `Bearer\t${token}`]] as const },
      { path: '/user', headers: [['Authorization', `Basic ${Buffer.from(`:${token}`).toString('base64')}`]] as const },
      { path: '/user', headers: [['Authorization', `DPoP ${token}`]] as const },
    ];
    for (const [at, request] of elsewhere.entries()) {
      const answer = await send(server.url, request);
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [401, 'missing-credentials'], String(at));
      assert.equal(
        headerOf(answer, 'www-authenticate'),
        'Bearer realm="keyward"',
        'no token, no error (RFC 6750 §3.1)',
      );
    }
    assert.deepEqual(await server.newEvents(), []);
  });

  test('the scheme is taken in any letter case (RFC 9110 §11.1), after one space or more', async () => {
    await using scene = await createScene();
    const { server, held } = scene;
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer  ', 'Bearer    ']) {
      assert.equal((await present(server, `${scheme} ${held.accessToken}`)).status, 200, scheme);
    }
  });

  test('attack: two Authorization headers are refused, since a proxy may have checked the other one', async () => {
    await using scene = await createScene();
    const { server, held } = scene;
    const good = `Bearer ${held.accessToken}`;
    for (const [first, second, name] of [
      [good, good, 'Authorization'],
      [good, 'Bearer nonsense', 'authorization'],
      ['Bearer nonsense', good, 'AUTHORIZATION'],
      [good, 'Basic Og==', 'Authorization'],
      ['Basic Og==', good, 'Authorization'],
    ] as const) {
      const headers = [
        ['Authorization', first],
        [name, second],
      ] as const;
      const answer = await send(server.url, { path: '/user', headers });
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [401, 'invalid-token'], `${first} ${second}`);
      assert.match(headerOf(answer, 'www-authenticate') ?? '', /error="invalid_token"/);
    }
    assert.equal((await present(server, good)).status, 200);
  });
});
