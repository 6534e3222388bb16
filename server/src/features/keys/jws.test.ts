import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeSegment, signCompact, verifyCompact } from './jws.ts';

/** The key of RFC 7515 Appendix A.3. */
const jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
};
/** Bob's of RFC 7518 Appendix C. */
const otherJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
  y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
  d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
};
const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
const key = { algorithm: 'ES256' as const, privateKey, publicKey: createPublicKey(privateKey) };
const otherPrivateKey = createPrivateKey({ key: otherJwk, format: 'jwk' });
const otherKey = {
  algorithm: 'ES256' as const,
  privateKey: otherPrivateKey,
  publicKey: createPublicKey(otherPrivateKey),
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const header = encodeSegment({ alg: 'ES256', typ: 'at+jwt', kid: 'one' });
const payload = { sub: '7', exp: 9, name: 'Ада 👩' };
const token = signCompact(header, payload, key);
const [, body = '', signature = ''] = token.split('.');

const verify = (text: string) => verifyCompact(text, header, key);

/** A right signature over exactly these texts, whatever they are. */
function signed(first: string, second: string, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): string {
  const input = `${first}.${second}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding }).toString('base64url')}`;
}

/** The same bytes for a forgiving decoder: with the bits set that the last character has too many. */
function strayBits(segment: string): string[] {
  const last = alphabet.indexOf(segment.at(-1) ?? '');
  const spare = segment.length % 4 === 2 ? 15 : 3;
  return Array.from({ length: spare }, (_, bits) => `${segment.slice(0, -1)}${alphabet[last + bits + 1]}`);
}

describe('a signed token', () => {
  test('gives back what was signed, of any payload', () => {
    assert.deepEqual(verify(token), payload);
    fc.assert(
      fc.property(fc.object({ maxDepth: 2 }), (it) => {
        assert.deepEqual(verify(signCompact(header, it, key)), JSON.parse(JSON.stringify(it)));
      }),
      { numRuns: 50 },
    );
  });

  test('of RFC 7515 Appendix A.3 verifies', () => {
    const rfcHeader = 'eyJhbGciOiJFUzI1NiJ9';
    const rfcToken =
      `${rfcHeader}.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ` +
      '.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
    const read = verifyCompact(rfcToken, rfcHeader, key);
    assert.deepEqual(read, { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true });
  });

  test('with any one character changed is refused', () => {
    for (const [place, character] of [...token].entries()) {
      for (const other of [character === 'A' ? 'B' : 'A', '.', '=', '\n']) {
        if (other === character) continue;
        const changed = `${token.slice(0, place)}${other}${token.slice(place + 1)}`;
        assert.equal(verify(changed), undefined, changed);
      }
    }
  });

  test('under another key is refused', () => {
    const read = verifyCompact(token, header, otherKey);
    assert.equal(read, undefined);
    assert.equal(verify(signCompact(header, payload, otherKey)), undefined);
  });

  test('whose header is not one of ours is refused, even where its signature is right', () => {
    const headers = [
      { alg: 'none' },
      { alg: 'HS256', typ: 'at+jwt', kid: 'one' },
      { alg: 'ES256', typ: 'JWT', kid: 'one' },
      { alg: 'ES256', kid: 'one', typ: 'at+jwt' },
      { alg: 'ES256', typ: 'at+jwt', kid: 'one', jwk },
    ];
    for (const foreign of headers.map(encodeSegment)) {
      assert.equal(verify(signed(foreign, body)), undefined);
      assert.equal(verify(`${foreign}.${body}.`), undefined);
    }
  });
});

describe('there is one spelling of a token', () => {
  test('a signature with stray bits, padding or signs of another alphabet is refused', () => {
    const spellings = strayBits(signature);
    assert.equal(spellings.length, 15);
    const inBase64 = Buffer.from(signature, 'base64url').toString('base64');
    for (const other of [
      ...spellings,
      `${signature}==`,
      `${signature}=`,
      `${signature} `,
      `${signature}\n`,
      '',
      inBase64,
    ])
      assert.equal(verify(`${header}.${body}.${other}`), undefined, other);
  });

  test('a payload in another spelling is refused even where its signature is right', () => {
    const plain = Buffer.from('{"a":1}').toString('base64url');
    assert.deepEqual(verify(signed(header, plain)), { a: 1 });
    const spellings = strayBits(plain);
    assert.equal(spellings.length, 15);
    for (const other of [...spellings, `${plain}==`, `${plain.slice(0, 4)} ${plain.slice(4)}`, `${plain}!`, ''])
      assert.equal(verify(signed(header, other)), undefined, other);
  });

  test('the signature is r and s side by side: DER is refused', () => {
    assert.deepEqual(verify(signed(header, body)), payload);
    assert.equal(verify(signed(header, body, 'der')), undefined);
  });
});

test('what has not three segments, or is too long to be ours, is refused', () => {
  const shapes = ['', '.', '..', '...', header, `${header}.${body}`, `${token}.`, `${token}.${signature}`, `.${token}`];
  for (const text of shapes) assert.equal(verify(text), undefined, text);
  const longer = (by: number) => signCompact(header, { a: 'x'.repeat(by) }, key);
  const fits = longer(5_900);
  const tooLong = longer(6_100);
  assert.ok(fits.length <= 8_192 && tooLong.length > 8_192);
  assert.notEqual(verify(fits), undefined);
  assert.equal(verify(tooLong), undefined);
});
