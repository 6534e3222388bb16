import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { base64url, exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import { setUp, verdict } from '../test/setting.ts';

const encode = (value: unknown): string => base64url.encode(JSON.stringify(value));

describe('forged tokens', () => {
  test('alg none, in any spelling, with and without a signature', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', undefined, null, ['ES256']]) {
      const unsigned = `${encode({ alg, typ: 'at+jwt', kid: 'first' })}.${encode(issuer.claims())}.`;
      assert.equal(await verdict(verifier, unsigned), 'malformed');
      assert.equal(await verdict(verifier, `${unsigned}AAAA`), 'unsupported-algorithm');
    }
    assert.equal(issuer.requests.length, 0);
  });

  test('a public key used as the secret of an HMAC', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    const key = issuer.keys[0];
    assert.ok(key);
    const spki = await exportSPKI((await importJWK({ ...key.jwk }, 'ES256', { extractable: true })) as CryptoKey);
    for (const secret of [spki, JSON.stringify(key.jwk), key.jwk.x ?? '']) {
      const token = await new SignJWT(issuer.claims())
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'first' })
        .sign(new TextEncoder().encode(secret.padEnd(32)));
      assert.equal(await verdict(verifier, token), 'unsupported-algorithm');
    }
  });

  test('a supported algorithm that is not the one of the key', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    const rsa = await issuer.newKey('rsa', 'RS256');
    const token = await issuer.sign(issuer.claims(), { kid: 'first' }, rsa);
    assert.equal(await verdict(verifier, token), 'unsupported-algorithm');
    const edwards = await issuer.newKey('edwards', 'EdDSA');
    const named = await issuer.sign(issuer.claims(), { kid: 'rsa' }, edwards);
    assert.equal(await verdict(verifier, named), 'unsupported-algorithm');
  });

  test('a key that the token brings along, or says where to fetch', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    const jku = `${issuer.url}/evil.json`;
    for (const more of [{ jwk }, { jku }, { x5u: jku }, { jwk: { ...jwk, kid: 'first' }, kid: 'first' }]) {
      const header = { alg: 'ES256', typ: 'at+jwt', kid: 'mine', ...more };
      const token = await new SignJWT(issuer.claims()).setProtectedHeader(header).sign(privateKey);
      assert.ok(['unknown-key', 'bad-signature'].includes(await verdict(verifier, token)));
    }
    assert.equal(issuer.count('evil'), 0);
  });

  test('key ids that are none', async () => {
    await using setting = await setUp();
    for (const kid of ['__proto__', 'constructor', 'toString', '../first', 'first\u0000', 'FIRST', ' first']) {
      assert.equal(await verdict(setting.verifier, await setting.issuer.token({}, { kid })), 'unknown-key', kid);
    }
    for (const kid of [null, 7, ['first'], { first: 1 }, undefined, '']) {
      const [, payload, signature] = (await setting.issuer.token()).split('.');
      const token = `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${payload}.${signature}`;
      assert.equal(await verdict(setting.verifier, token), 'unknown-key');
    }
  });

  test('a header with crit, though it is signed', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    const header = encode({ alg: 'ES256', typ: 'at+jwt', kid: 'first', crit: ['b64'], b64: true });
    const input = `${header}.${encode(issuer.claims())}`;
    const key = issuer.keys[0]?.privateKey;
    assert.ok(key);
    const signed = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(input));
    assert.equal(await verdict(verifier, `${input}.${base64url.encode(new Uint8Array(signed))}`), 'malformed');
  });

  test('a good token with one character changed, anywhere', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'AZaz09-_.=+/ \n%é'), async (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        if (changed !== token) assert.notEqual(await verdict(verifier, changed), 'good');
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('another spelling of the same signature: the bits that the last character does not need', async () => {
    await using setting = await setUp();
    const token = await setting.issuer.token();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.slice(-1));
    for (let bits = 1; bits < 16; bits += 1) {
      const respelt = token.slice(0, -1) + alphabet[last ^ bits];
      assert.equal(await verdict(setting.verifier, respelt), 'malformed');
    }
    assert.equal(await verdict(setting.verifier, token), 'good');
  });

  test('rubbish of every kind is refused as such, without a request', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    const token = await issuer.token();
    const rubbish: unknown[] = [
      '',
      '.',
      '..',
      '...',
      'a.b',
      'a.b.c',
      `${token}.`,
      ` ${token}`,
      `${token}=`,
      `${token}\n`,
    ];
    for (const value of [...rubbish, undefined, null, 7, {}, [token], encode({ payload: 'x', signatures: [] })]) {
      assert.equal(await verdict(verifier, value as string), 'malformed', String(value));
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        assert.equal(await verdict(verifier, text), 'malformed');
      }),
      { numRuns: 200, seed: 2 },
    );
    assert.equal(issuer.requests.length, 0);
  });

  test('a token of more than 8,192 characters is refused unread, though it is rightly signed', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    const long = await issuer.token({ more: 'x'.repeat(7_000) });
    assert.ok(long.length > 8_192);
    assert.equal(await verdict(verifier, long), 'malformed');
    assert.equal(issuer.requests.length, 0);
  });
});

describe('tokens that are signed, and nevertheless not to be believed', () => {
  const wrong: readonly [string, Record<string, unknown>, string][] = [
    ['of another issuer', { iss: 'https://other.example' }, 'wrong-issuer'],
    ['for another audience', { aud: 'https://other.example' }, 'wrong-audience'],
    ['for nobody', { aud: [] }, 'wrong-audience'],
    ['expired', { exp: 1_799_999_000 }, 'expired'],
    ['with an exp that is a text', { exp: '1900000000' }, 'missing-claim'],
    ['with an exp beyond numbers', { exp: null }, 'missing-claim'],
    ['with an nbf that is a text', { nbf: '0' }, 'missing-claim'],
    ['with permissions that are a text', { permissions: 'posts:publish' }, 'missing-claim'],
    ['with roles that are numbers', { roles: [1] }, 'missing-claim'],
    ['with a status that is none', { status: {} }, 'missing-claim'],
    ['with an idx below zero', { status: { status_list: { idx: -1, uri: 'x' } } }, 'missing-claim'],
    ['with an idx between two', { status: { status_list: { idx: 1.5, uri: 'x' } } }, 'missing-claim'],
    ...['sub', 'sid', 'client_id', 'jti', 'iss', 'aud', 'exp', 'iat'].map(
      (name): [string, Record<string, unknown>, string] => [`without ${name}`, { [name]: undefined }, 'missing-claim'],
    ),
  ];
  for (const [name, claims, code] of wrong) {
    test(name, async () => {
      await using setting = await setUp();
      assert.equal(await verdict(setting.verifier, await setting.issuer.token(claims)), code);
      assert.equal(setting.issuer.count('lists'), 0);
    });
  }

  test('of another type: only at+jwt, to the letter', async () => {
    await using setting = await setUp();
    for (const typ of [
      'JWT',
      'jwt',
      'AT+JWT',
      'application/at+jwt',
      'at+jwt ',
      'id+jwt',
      'statuslist+jwt',
      undefined,
    ]) {
      assert.equal(await verdict(setting.verifier, await setting.issuer.token({}, { typ })), 'wrong-type');
    }
  });

  test('a status list presented as an access token', async () => {
    await using setting = await setUp();
    const { issuer, verifier } = setting;
    assert.equal(await verdict(verifier, await issuer.listToken(issuer.listUri())), 'wrong-type');
  });

  test('those of two issuers do not pass at each other, though their keys have the same ids', async () => {
    await using one = await setUp();
    await using other = await setUp();
    assert.equal(await verdict(one.verifier, await other.issuer.token()), 'bad-signature');
    const pretending = await other.issuer.sign(one.issuer.claims());
    assert.equal(await verdict(one.verifier, pretending), 'bad-signature');
  });
});
