import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../test/manual-time.ts';
import { setUp, setUpWithFeed, verdict } from '../test/setting.ts';

describe('feeds that must not be believed', () => {
  const beat = 'event: beat\ndata: {}\n\n';
  const bad: readonly [string, (hello: string) => string][] = [
    ['no hello', () => beat],
    ['the hello of another issuer', () => 'event: hello\ndata: {"issuer":"https://evil.example"}\n\n'],
    ['broken JSON', (hello) => `${hello}event: revoked\ndata: {"uri":\n\n`],
    ['a revocation of nothing', (hello) => `${hello}event: revoked\ndata: {}\n\n`],
    ['negative places', (hello) => `${hello}event: revoked\ndata: {"uri":"x","idx":[-1]}\n\n`],
    ['keys that are none', (hello) => `${hello}event: keys\ndata: {"kids":[1]}\n\n`],
    ['JSON that is no object', (hello) => `${hello}event: beat\ndata: null\n\n`],
    ['an event without end', (hello) => `${hello}event: revoked\ndata: ${'x'.repeat(1_100_000)}`],
  ];
  for (const [name, opening] of bad) {
    test(`${name}: the connection is dropped, and lists are polled`, async () => {
      await using setting = await setUp();
      const { issuer, verifier, time } = setting;
      issuer.behaviour.opening = opening(issuer.hello());
      await verifier.ready();
      await until(() => verifier.state().fault !== undefined);
      assert.equal(verifier.state().mode, 'polling');
      await until(() => issuer.feeds.size === 0);
      issuer.behaviour.opening = undefined;
      time.pass(60);
      await until(() => verifier.state().mode === 'feed');
    });
  }

  test('one that trickles comments and half events for ever counts as silent', async () => {
    await using setting = await setUp();
    const { issuer, verifier, time } = setting;
    issuer.behaviour.opening = issuer.hello();
    await verifier.ready();
    for (let second = 0; second < 14; second += 1) {
      issuer.send(': still here\n');
      issuer.send('d');
      time.pass(1);
    }
    assert.equal(verifier.state().mode, 'feed');
    issuer.behaviour.feed = 'missing';
    time.pass(1);
    await until(() => verifier.state().mode === 'polling');
  });

  test('one that says hello and never beats proves nothing', async () => {
    await using setting = await setUp({ revocation: { maxStalenessSeconds: 10 } });
    const { issuer, verifier, time } = setting;
    issuer.behaviour.opening = issuer.hello();
    await verifier.ready();
    const token = await issuer.token();
    assert.equal(await verdict(verifier, token), 'good');
    issuer.behaviour.lists = 'broken';
    time.pass(11);
    assert.equal(await verdict(verifier, token), 'revocation-unknown');
  });

  test('one that is held back a bit longer with each beat cannot keep a revoked token good', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    // Sent right after the first beat, it stands behind all those that are let through one by one.
    issuer.revoke(3, issuer.listUri(), true);
    for (let beats = 1; beats <= 2; beats += 1) {
      time.pass(12);
      issuer.beat(beats * 7);
      await until(() => verifier.state().lastProofAt === time.now(), 'the beat');
    }
    assert.equal(await verdict(verifier, token), 'good');
    issuer.behaviour.feed = 'missing';
    time.pass(12);
    issuer.beat(21);
    await until(() => verifier.state().mode === 'polling', 'the end of the connection');
    assert.match(verifier.state().fault ?? '', /held back/);
    await until(async () => (await verdict(verifier, token)) === 'revoked', 'the list');
  });

  test('clocks of server and verifier that differ by an hour are none that is held back', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    issuer.dropFeeds();
    await until(() => verifier.state().mode === 'polling');
    time.setWall(-3_600);
    issuer.behaviour.opening = issuer.hello() + issuer.event('beat', { at: Math.floor(time.now() / 1_000) + 3_600 });
    time.pass(60);
    await until(() => verifier.state().mode === 'feed');
    for (let beats = 0; beats < 10; beats += 1) {
      time.pass(5);
      issuer.beat(-3_600);
      await until(() => verifier.state().lastProofAt === time.now(), 'the beat');
    }
    assert.equal(issuer.count('feed'), 2);
  });

  test('unknown events and places beyond any list are passed over', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    issuer.send('event: party\ndata: x\n\n');
    issuer.send(
      issuer.event('revoked', { uri: issuer.listUri(), idx: [Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 32 + 3] }),
    );
    issuer.send(issuer.event('revoked', { uri: 'https://evil.example/list', idx: [3] }));
    issuer.revoke(9);
    const other = await issuer.token({ status: { status_list: { idx: 9, uri: issuer.listUri() } } });
    await until(async () => (await verdict(verifier, other)) === 'revoked');
    assert.equal(await verdict(verifier, token), 'good');
    assert.equal(verifier.state().mode, 'feed');
  });
});
