import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startIssuer } from '../test/fake-issuer.ts';
import { until } from '../test/manual-time.ts';
import { setUp, setUpWithFeed, verdict } from '../test/setting.ts';
import { createVerifier } from './verifier.ts';

describe('a good token', () => {
  for (const alg of ['ES256', 'EdDSA', 'RS256']) {
    test(`signed with ${alg} gives its claims, typed and frozen`, async () => {
      await using setting = await setUp();
      const { issuer, verifier } = setting;
      const key = await issuer.newKey('second', alg);
      const claims = await verifier.verify(await issuer.token({}, {}, key));
      assert.deepEqual(claims, issuer.claims());
      assert.ok(Object.isFrozen(claims.permissions));
    });
  }

  test('of an issuer whose URL has a path is found by RFC 8414 §3.1', async () => {
    await using setting = await setUp({}, '/auth');
    assert.equal(await verdict(setting.verifier, await setting.issuer.token()), 'good');
    assert.ok(setting.issuer.requests.includes('/.well-known/oauth-authorization-server/auth'));
  });

  test('that leaves out its permissions is not read as one that has none', async () => {
    await using setting = await setUp();
    const token = await setting.issuer.token({ roles: [], permissions: [], permissions_omitted: true });
    const claims = await setting.verifier.verify(token);
    assert.equal(claims.permissions, undefined);
    assert.equal(claims.roles, undefined);
  });
});

describe('work and sockets', () => {
  test('there are none before the first use', async () => {
    await using setting = await setUp();
    assert.equal(setting.verifier.state().mode, 'idle');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(setting.issuer.requests, []);
    assert.equal(setting.time.timers.size, 0);
  });

  test('1,000 verifications of known tokens make no request', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier } = setting;
    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, idx) => issuer.token({ status: { status_list: { idx, uri: issuer.listUri() } } })),
    );
    for (const token of tokens) await verifier.verify(token);
    const before = issuer.requests.length;
    for (let place = 0; place < 1_000; place += 1) await verifier.verify(tokens[place % 10] ?? '');
    assert.equal(issuer.requests.length - before, 0);
  });

  test('a hundred first tokens at once fetch metadata, keys and list once each', async () => {
    await using setting = await setUp();
    const token = await setting.issuer.token();
    await Promise.all(Array.from({ length: 100 }, () => setting.verifier.verify(token)));
    for (const part of ['oauth-authorization-server', 'jwks.json', 'lists/0']) {
      assert.equal(setting.issuer.count(part), 1, part);
    }
  });

  test('after close nothing is believed, and no feed and no timer is left', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    verifier.close();
    assert.equal(await verdict(verifier, token), 'issuer-unavailable');
    assert.equal(verifier.state().mode, 'closed');
    await until(() => issuer.feeds.size === 0 && time.timers.size === 0);
  });

  test('a token that was still being verified when the verifier was closed sets nothing going any more', async () => {
    await using setting = await setUp({
      async fetch(input, init) {
        const response = await fetch(input, init);
        // Closed when the keys have come and the signature is still to be checked: nothing that is aborted tells the verification.
        if (String(input).includes('jwks')) {
          const text = await response.text();
          setTimeout(() => setting.verifier.close());
          await new Promise((resolve) => setTimeout(resolve));
          return new Response(text);
        }
        return response;
      },
    });
    const { issuer, verifier, time } = setting;
    assert.equal(await verdict(verifier, await issuer.token()), 'revocation-unknown');
    const before = issuer.requests.length;
    time.pass(600);
    assert.equal(time.timers.size, 0);
    assert.equal(issuer.requests.length, before);
  });

  test('lists that were to be fetched one after the other when it was closed are not fetched', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    for (const list of [0, 1, 2]) {
      await verifier.verify(await issuer.token({ status: { status_list: { idx: 3, uri: issuer.listUri(list) } } }));
    }
    issuer.behaviour.feed = 'missing';
    issuer.dropFeeds();
    await until(() => verifier.state().mode === 'polling');
    issuer.behaviour.lists = 'hanging';
    time.pass(31);
    await until(() => issuer.count('lists') === 4, 'the first of three');
    verifier.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(issuer.count('lists'), 4);
  });
});

describe('time', () => {
  test('a known token is refused at its exp plus the tolerance, and not before', async () => {
    await using setting = await setUp({ revocation: 'off' });
    const token = await setting.issuer.token();
    await setting.verifier.verify(token);
    setting.time.pass(904);
    assert.equal(await verdict(setting.verifier, token), 'good');
    setting.time.pass(1);
    assert.equal(await verdict(setting.verifier, token), 'expired');
    assert.equal(await verdict(setting.verifier, token), 'expired');
  });

  test('nbf counts where it is present', async () => {
    await using setting = await setUp({ revocation: 'off' });
    const { issuer, verifier, time } = setting;
    const nbf = time.now() / 1_000 + 100;
    const token = await issuer.token({ nbf });
    assert.equal(await verdict(verifier, token), 'not-yet-valid');
    time.pass(95);
    assert.equal(await verdict(verifier, token), 'good');
  });
});

describe('options', () => {
  test('those that make no sense are refused at once, and a misspelt whenStale opens nothing', () => {
    const issuer = 'https://id.example';
    const bad: object[] = [
      { issuer: 'http://id.example' },
      { issuer: 'id.example' },
      { issuer: 'https://id.example?x' },
      { issuer, clockToleranceSeconds: -1 },
      { issuer, clockToleranceSeconds: Number.NaN },
      { issuer, cacheSize: Number.POSITIVE_INFINITY },
      { issuer, revocation: { maxStalenessSeconds: 0 } },
      { issuer, revocation: { whenStale: 'acept' } },
    ];
    for (const options of bad) {
      assert.throws(() => createVerifier(options as { issuer: string }), TypeError, JSON.stringify(options));
    }
    createVerifier({ issuer });
  });

  test('another audience is what the token must then be for', async () => {
    await using setting = await setUp({ audience: 'https://api.example' });
    const { issuer, verifier } = setting;
    assert.equal(await verdict(verifier, await issuer.token()), 'wrong-audience');
    assert.equal(await verdict(verifier, await issuer.token({ aud: ['x', 'https://api.example'] })), 'good');
  });

  test('a fetch of your own is used for everything', async () => {
    const asked: string[] = [];
    await using other = await startIssuer(() => 1_800_000_000_000);
    await using setting = await setUp({
      fetch: (input, init) => {
        asked.push(String(input));
        return fetch(input, init);
      },
    });
    await setting.verifier.verify(await setting.issuer.token());
    await until(() => asked.length === 4);
    assert.equal(other.requests.length, 0);
  });
});

describe('a token without a status', () => {
  const without = { status: undefined };

  test('is refused, since it could not be revoked', async () => {
    await using setting = await setUp();
    assert.equal(await verdict(setting.verifier, await setting.issuer.token(without)), 'no-status');
  });

  test('is good where revocation is off, or where it was allowed', async () => {
    for (const options of [{ revocation: 'off' }, { allowWithoutStatus: true }] as const) {
      await using setting = await setUp(options);
      const token = await setting.issuer.token(without);
      assert.equal(await verdict(setting.verifier, token), 'good');
      assert.equal(await verdict(setting.verifier, token), 'good');
      assert.equal(setting.issuer.count('lists'), 0);
    }
  });
});
