import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../test/manual-time.ts';
import { setUp, setUpWithFeed, verdict } from '../test/setting.ts';

describe('a key that is withdrawn', () => {
  test('takes the tokens that it verified with it as soon as the feed says so, whatever an old copy of the JWKS says', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const second = await issuer.newKey('second');
    const [old, young] = [await issuer.token(), await issuer.token({}, {}, second)];
    issuer.announceKeys();
    await until(async () => (await verdict(verifier, young)) === 'good');
    assert.equal(await verdict(verifier, old), 'good');
    issuer.behaviour.jwks = { keys: issuer.keys.map(({ jwk }) => jwk) };
    issuer.keys.shift();
    issuer.announceKeys();
    await until(async () => (await verdict(verifier, old)) === 'unknown-key');
    assert.equal(await verdict(verifier, young), 'good');
    assert.deepEqual(verifier.state().keys, ['second']);
    issuer.behaviour.feed = 'missing';
    issuer.dropFeeds();
    await until(() => verifier.state().mode === 'polling');
    time.pass(16);
    const before = issuer.count('jwks');
    assert.equal(await verdict(verifier, await issuer.token({}, { kid: 'made-up' })), 'unknown-key');
    assert.equal(issuer.count('jwks'), before + 1, 'the old copy is read once more');
    assert.equal(await verdict(verifier, old), 'unknown-key');
  });

  test('while one of its tokens is being verified is too late for that token', async () => {
    const gate = { open: (): void => undefined };
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    await using setting = await setUpWithFeed({
      async fetch(input, init) {
        const response = await fetch(input, init);
        if (String(input).includes('/lists/')) await opened;
        return response;
      },
    });
    const { issuer, verifier } = setting;
    const token = await issuer.token({}, {}, await issuer.newKey('second'));
    issuer.announceKeys();
    await until(() => verifier.state().keys.length === 2);
    const asked = verdict(verifier, token);
    await until(() => issuer.count('lists/0') === 1);
    issuer.keys.pop();
    issuer.announceKeys();
    await until(() => verifier.state().keys.length === 1);
    gate.open();
    assert.equal(await asked, 'unknown-key');
  });

  test('is noticed without a feed when the JWKS is read again, five minutes later', async () => {
    await using setting = await setUp({ revocation: 'off' });
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    await issuer.newKey('second');
    issuer.keys.shift();
    time.pass(299);
    assert.equal(await verdict(verifier, token), 'good');
    assert.equal(issuer.count('jwks'), 1);
    time.pass(1);
    await until(async () => (await verdict(verifier, token)) === 'unknown-key');
  });

  test('is another key when the same id comes back with other material', async () => {
    await using setting = await setUp({ revocation: 'off' });
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    issuer.keys.shift();
    await issuer.newKey('first');
    time.pass(300);
    await until(async () => (await verdict(verifier, token)) === 'bad-signature');
  });
});

describe('a key that is new', () => {
  test('is fetched at once on the feed’s word', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier } = setting;
    await issuer.newKey('second');
    issuer.announceKeys();
    await until(() => verifier.state().keys.includes('second'));
    assert.equal(issuer.count('jwks'), 2);
  });

  test('and signs before the feed has spoken of it is a matter of waiting, not of a bad token', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const token = await issuer.token({}, {}, await issuer.newKey('second'));
    time.pass(5);
    assert.equal(await verdict(verifier, token), 'issuer-unavailable');
    issuer.announceKeys();
    await until(async () => (await verdict(verifier, token)) === 'good');
  });

  test('and is not yet in the copy of the JWKS that a cache serves is a matter of waiting, too: nobody is logged out', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    issuer.behaviour.jwks = { keys: issuer.keys.map(({ jwk }) => jwk) };
    const token = await issuer.token({}, {}, await issuer.newKey('second'));
    issuer.keys.shift();
    issuer.announceKeys();
    await until(() => verifier.state().keys.length === 0);
    await until(async () => (await verdict(verifier, token)) === 'issuer-unavailable');
    time.pass(6);
    assert.equal(await verdict(verifier, token), 'issuer-unavailable');
    issuer.behaviour.jwks = undefined;
    time.pass(6);
    await until(async () => (await verdict(verifier, token)) === 'good');
  });

  test('is fetched when a token names it; made-up ids make one request in five seconds, however many they are', async () => {
    await using setting = await setUp({ revocation: 'off' });
    const { issuer, verifier, time } = setting;
    await verifier.verify(await issuer.token());
    const madeUp = await Promise.all(Array.from({ length: 100 }, (_, place) => issuer.token({}, { kid: `x${place}` })));
    const flood = () => Promise.all(madeUp.map((token) => verdict(verifier, token)));
    assert.deepEqual(new Set(await flood()), new Set(['unknown-key']));
    assert.equal(issuer.count('jwks'), 1);
    time.pass(5);
    await flood();
    await flood();
    assert.equal(issuer.count('jwks'), 2);
    time.pass(5);
    assert.equal(await verdict(verifier, await issuer.token({}, {}, await issuer.newKey('second'))), 'good');
    assert.equal(issuer.count('jwks'), 3);
    assert.equal(issuer.count('oauth-authorization-server'), 1);
  });

  test('keys without end from the feed do not fill the memory, and none at all make no storm', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    issuer.send(issuer.event('keys', { kids: [] }));
    await until(async () => (await verdict(verifier, token)) === 'unknown-key');
    for (let place = 0; place < 50; place += 1) await verdict(verifier, token);
    assert.equal(issuer.count('jwks'), 1);
    issuer.announceKeys();
    await until(async () => (await verdict(verifier, token)) === 'good');
  });
});

describe('an issuer that cannot be reached', () => {
  test('is not asked again for each token; it recovers by itself', async () => {
    await using setting = await setUp();
    const { issuer, verifier, time } = setting;
    issuer.behaviour.issuer = 'down';
    await assert.rejects(verifier.ready(), { code: 'issuer-unavailable', transient: true });
    const token = await issuer.token();
    for (let place = 0; place < 20; place += 1) assert.equal(await verdict(verifier, token), 'issuer-unavailable');
    assert.equal(issuer.requests.length, 1);
    issuer.behaviour.issuer = 'up';
    time.pass(1);
    assert.equal(await verdict(verifier, token), 'good');
  });

  test('is believed for a day on the keys that are known, and no longer', async () => {
    await using setting = await setUp({ revocation: 'off' });
    const { issuer, verifier, time } = setting;
    const token = await issuer.token({ exp: time.now() / 1_000 + 200_000 });
    await verifier.verify(token);
    issuer.behaviour.issuer = 'down';
    time.pass(86_399);
    assert.equal(await verdict(verifier, token), 'good');
    time.pass(60);
    assert.equal(await verdict(verifier, token), 'issuer-unavailable');
  });
});

describe('metadata that lie', () => {
  const lies: readonly [string, Record<string, unknown>][] = [
    ['another issuer', { issuer: 'https://evil.example' }],
    ['the issuer with a slash', { issuer: undefined }],
    ['keys at another origin', { jwks_uri: 'https://evil.example/jwks.json' }],
    ['keys at another port', { jwks_uri: 'http://127.0.0.1:1/jwks.json' }],
    ['keys in a file', { jwks_uri: 'file:///etc/passwd' }],
    ['keys that are no URL', { jwks_uri: 'jwks.json' }],
    ['no keys', { jwks_uri: undefined }],
    ['keys that are a number', { jwks_uri: 7 }],
    ['a feed at another origin', { status_feed_endpoint: 'https://evil.example/feed' }],
  ];
  for (const [name, metadata] of lies) {
    test(`are not followed: ${name}`, async () => {
      await using setting = await setUp();
      setting.issuer.behaviour.metadata = metadata;
      assert.equal(await verdict(setting.verifier, await setting.issuer.token()), 'issuer-unavailable');
      assert.equal(setting.issuer.requests.length, 1);
    });
  }

  test('are not fetched from where a redirect points', async () => {
    await using setting = await setUp();
    setting.issuer.behaviour.issuer = 'elsewhere';
    assert.equal(await verdict(setting.verifier, await setting.issuer.token()), 'issuer-unavailable');
    assert.equal(setting.issuer.count('elsewhere'), 0);
    assert.equal(setting.issuer.requests.length, 1);
  });

  test('an origin that was named as trusted is followed', async () => {
    await using other = await setUp();
    await using setting = await setUp({ trustedOrigins: [other.issuer.url] });
    setting.issuer.behaviour.metadata = { jwks_uri: `${other.issuer.url}/.well-known/jwks.json` };
    const token = await other.issuer.sign(setting.issuer.claims());
    assert.equal(await verdict(setting.verifier, await setting.issuer.token()), 'bad-signature');
    assert.equal(await verdict(setting.verifier, token), 'revocation-unknown');
  });
});

describe('a JWKS', () => {
  const broken: readonly [string, unknown][] = [
    ['no object', []],
    ['without keys', {}],
    ['with no key of ours', { keys: [{ kty: 'oct', k: 'AAAA', alg: 'HS256', kid: 'first' }] }],
    [
      'with junk',
      { keys: [null, 7, 'x', {}, { kid: 'first', alg: 'ES256', kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] },
    ],
    ['of megabytes', { keys: 'x'.repeat(300_000) }],
  ];
  for (const [name, jwks] of broken) {
    test(`${name} is no JWKS; the keys that are known stay`, async () => {
      await using setting = await setUp({ revocation: 'off' });
      const { issuer, verifier, time } = setting;
      issuer.behaviour.jwks = jwks;
      const token = await issuer.token();
      assert.equal(await verdict(verifier, token), 'issuer-unavailable');
      issuer.behaviour.jwks = undefined;
      time.pass(2);
      assert.equal(await verdict(verifier, token), 'good');
      issuer.behaviour.jwks = jwks;
      time.pass(300);
      assert.equal(await verdict(verifier, token), 'good');
      await until(() => issuer.count('jwks') === 3);
      assert.equal(await verdict(verifier, token), 'good');
    });
  }

  test('that has an id twice, or shows a private key, has neither of these keys', async () => {
    await using setting = await setUp({ revocation: 'off' });
    const { issuer, verifier } = setting;
    const second = await issuer.newKey('second');
    const third = await issuer.newKey('third');
    const [first] = issuer.keys;
    issuer.behaviour.jwks = {
      keys: [first?.jwk, { ...third.jwk, kid: 'first' }, { ...second.jwk, d: 'AAAA' }, third.jwk],
    };
    assert.equal(await verdict(verifier, await issuer.token()), 'unknown-key');
    assert.equal(await verdict(verifier, await issuer.token({}, {}, second)), 'unknown-key');
    assert.equal(await verdict(verifier, await issuer.token({}, {}, third)), 'good');
  });
});
