import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { setUp, verdict } from '../test/setting.ts';

describe('status lists that must not be believed', () => {
  const bad: readonly [string, Record<string, unknown>, Record<string, unknown>?][] = [
    ['an access token in its place', {}, { typ: 'at+jwt' }],
    ['no typ', {}, { typ: undefined }],
    ['a list of another address', { sub: 'http://127.0.0.1/status/lists/1' }],
    ['a list of another issuer', { iss: 'https://evil.example' }],
    ['one that has expired', { exp: 1_799_999_000 }],
    ['one without an end', { exp: undefined }],
    ['two bits for each', { status_list: { bits: 2, lst: deflateSync(Buffer.alloc(8)).toString('base64url') } }],
    ['no zlib', { status_list: { bits: 1, lst: 'AAAA' } }],
    ['no list', { status_list: { bits: 1 } }],
    ['a bomb', { status_list: { bits: 1, lst: deflateSync(Buffer.alloc(200_000_000)).toString('base64url') } }],
    ['megabytes', { more: 'x'.repeat(400_000) }],
  ];
  for (const [name, list, header] of bad) {
    test(`${name}: revocation stays unknown`, async () => {
      await using setting = await setUp();
      const { issuer, verifier } = setting;
      issuer.behaviour.list = list;
      issuer.behaviour.listHeader = header ?? {};
      assert.equal(await verdict(verifier, await issuer.token()), 'revocation-unknown');
    });
  }

  test('a list with less places than the token says', async () => {
    await using setting = await setUp();
    const status = { status_list: { idx: 32_768, uri: setting.issuer.listUri() } };
    assert.equal(await verdict(setting.verifier, await setting.issuer.token({ status })), 'no-status');
  });

  test('an old copy counts from when it was made, not from when it came', async () => {
    await using setting = await setUp({ revocation: { feed: false } });
    const { issuer, verifier, time } = setting;
    issuer.behaviour.list = { iat: time.now() / 1_000 - 61 };
    assert.equal(await verdict(verifier, await issuer.token()), 'revocation-unknown');
    issuer.behaviour.list = { iat: time.now() / 1_000 - 50 };
    time.pass(5);
    assert.equal(await verdict(verifier, await issuer.token()), 'good');
  });

  test('an address that is not below the issuer is never fetched', async () => {
    await using setting = await setUp({}, '/auth');
    await using victim = await setUp();
    const { issuer, verifier } = setting;
    const { origin } = new URL(issuer.url);
    const elsewhere = [
      `${victim.issuer.url}/status/lists/0`,
      `${origin}/status/lists/0`,
      `${issuer.url}.evil.example/status/lists/0`,
      `${issuer.url}@127.0.0.1:1/`,
      `${issuer.url}/../admin`,
      `${issuer.url}/%2e%2e/admin`,
      `${issuer.url}/..\\admin`,
      `${issuer.url}/status/lists/0?x=1`,
      `${issuer.url}/status/lists/0#x`,
      `${issuer.url}/${'x'.repeat(600)}`,
      'file:///etc/passwd',
      '/status/lists/0',
    ];
    for (const uri of elsewhere) {
      const token = await issuer.token({ status: { status_list: { idx: 3, uri } } });
      assert.equal(await verdict(verifier, token), 'no-status', uri);
    }
    assert.equal(issuer.count('lists') + issuer.count('admin') + victim.issuer.requests.length, 0);
  });
});
