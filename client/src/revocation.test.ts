import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../test/manual-time.ts';
import { type Setting, setUp, setUpWithFeed, verdict } from '../test/setting.ts';

/** Time in steps, with beats in between, as a server that lives gives them; each is waited for. */
async function passWithBeats({ issuer, verifier, time }: Setting, seconds: number): Promise<void> {
  for (let gone = 0; gone < seconds; gone += 5) {
    time.pass(5);
    issuer.beat();
    await until(() => verifier.state().lastProofAt === time.now(), 'the beat');
  }
}

/** Waits until the verifier has noticed that its feed is gone. */
const lost = ({ verifier }: Setting): Promise<void> => until(() => verifier.state().mode !== 'feed', 'the loss');

describe('with the feed', () => {
  test('a revoked token is refused as soon as the event is here, with no further request', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier } = setting;
    const token = await issuer.token();
    assert.equal(await verdict(verifier, token), 'good');
    const before = issuer.requests.length;
    issuer.revoke(3);
    await until(async () => (await verdict(verifier, token)) === 'revoked');
    for (let place = 0; place < 1_000; place += 1) assert.equal(await verdict(verifier, token), 'revoked');
    assert.equal(issuer.requests.length, before);
  });

  test('revoking one leaves its neighbours alone', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier } = setting;
    const at = (idx: number) => issuer.token({ status: { status_list: { idx, uri: issuer.listUri() } } });
    const tokens = await Promise.all([0, 6, 7, 8, 9, 15, 16, 32_767].map(at));
    for (const idx of [0, 7, 8, 32_767]) issuer.revoke(idx);
    await until(async () => (await verdict(verifier, tokens[7] ?? '')) === 'revoked');
    const verdicts = await Promise.all(tokens.map((token) => verdict(verifier, token)));
    assert.deepEqual(verdicts, ['revoked', 'good', 'revoked', 'revoked', 'good', 'good', 'good', 'revoked']);
  });

  test('what the feed tells of a list before it is fetched holds, though the copy that is then fetched is older', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier } = setting;
    issuer.send(issuer.event('revoked', { uri: issuer.listUri(), idx: [3] }));
    issuer.send(issuer.event('keys', { kids: ['first', 'made-up'] }));
    await until(() => issuer.count('jwks') === 2);
    assert.equal(await verdict(verifier, await issuer.token()), 'revoked');
  });

  test('while it beats nothing goes stale and no list is fetched again; keys are, every five minutes at most', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    for (let minute = 0; minute < 14; minute += 1) {
      await passWithBeats(setting, 60);
      assert.equal(await verdict(verifier, token), 'good');
      await until(() => time.timers.size === 2, 'the end of all fetches');
    }
    assert.equal(issuer.count('lists/0'), 1);
    assert.equal(issuer.count('jwks'), 3);
    assert.equal(issuer.count('feed'), 1);
  });

  test('a list that nobody used for long is dropped, and what the feed had told of it is not taken for granted afterwards', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    await verifier.verify(await issuer.token());
    await passWithBeats(setting, 1_810);
    assert.equal(verifier.state().lists, 0);
    issuer.behaviour.list = { iat: time.now() / 1_000 - 34 };
    const token = await issuer.token();
    assert.equal(await verdict(verifier, token), 'good');
    issuer.behaviour.list = {};
    issuer.revoke(3, issuer.listUri(), true);
    await passWithBeats(setting, 15);
    await until(async () => (await verdict(verifier, token)) === 'revoked', 'the list, fetched once more');
  });
});

describe('when the feed is lost', () => {
  test('lists are polled every ttl, and the feed takes over again when it is back', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const [token, other] = [
      await issuer.token(),
      await issuer.token({ status: { status_list: { idx: 4, uri: issuer.listUri() } } }),
    ];
    await verifier.verify(token);
    await verifier.verify(other);
    issuer.behaviour.feed = 'missing';
    issuer.dropFeeds();
    await lost(setting);
    assert.equal(verifier.state().mode, 'polling');
    issuer.revoke(3, issuer.listUri(), true);
    time.pass(36);
    await until(async () => (await verdict(verifier, token)) === 'revoked', 'the poll');
    assert.equal(issuer.count('lists/0'), 2);
    assert.equal(await verdict(verifier, other), 'good');

    issuer.behaviour.feed = 'on';
    time.pass(60);
    await until(() => verifier.state().mode === 'feed');
    assert.equal(verifier.state().fault, undefined);
    issuer.revoke(4);
    await until(async () => (await verdict(verifier, other)) === 'revoked');
  });

  test('after a reconnect each list is fetched again, once', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    issuer.dropFeeds();
    await lost(setting);
    issuer.revoke(3, issuer.listUri(), true);
    time.pass(1);
    await until(async () => (await verdict(verifier, token)) === 'revoked');
    await until(() => issuer.count('lists/0') === 2);
  });

  test('a revocation during the gap is replayed, though the list that was fetched again is an old copy', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    issuer.dropFeeds();
    await lost(setting);
    issuer.behaviour.lists = 'broken';
    issuer.revoke(3, issuer.listUri(), true);
    time.pass(1);
    await until(async () => (await verdict(verifier, token)) === 'revoked');
  });

  test('tries come ever more seldom, and Retry-After is heeded', async () => {
    await using setting = await setUp();
    const { issuer, verifier, time } = setting;
    const isNextIn = (seconds: number): boolean =>
      [...time.timers].some(({ at }) => at === time.ports.clock.elapsed() + seconds * 1_000);
    issuer.behaviour.feed = 'full';
    await verifier.ready();
    for (const [place, seconds] of [22.5, 1.5, 3, 6, 12, 24, 45, 45].entries()) {
      assert.ok(isNextIn(seconds), `no try after ${seconds} s`);
      // Another answer each time, so that the state tells when it has come.
      const [feed, fault] = place % 2 === 0 ? (['missing', /404/] as const) : (['html', /200/] as const);
      issuer.behaviour.feed = feed;
      time.pass(seconds);
      await until(() => fault.test(verifier.state().fault ?? ''), `the answer to try ${place + 2}`);
      assert.equal(issuer.count('feed'), place + 2);
    }
  });

  for (const feed of ['missing', 'full', 'html'] as const) {
    test(`from the beginning (${feed}), lists are polled all the same`, async () => {
      await using setting = await setUp();
      const { issuer, verifier, time } = setting;
      issuer.behaviour.feed = feed;
      const token = await issuer.token();
      assert.equal(await verdict(verifier, token), 'good');
      assert.equal(verifier.state().mode, 'polling');
      issuer.revoke(3);
      time.pass(36);
      await until(async () => (await verdict(verifier, token)) === 'revoked');
    });
  }

  test('an issuer without a feed in its metadata is polled', async () => {
    await using setting = await setUp();
    setting.issuer.behaviour.metadata = { status_feed_endpoint: undefined };
    await setting.verifier.ready();
    assert.equal(await verdict(setting.verifier, await setting.issuer.token()), 'good');
    assert.equal(setting.verifier.state().mode, 'polling');
    assert.match(setting.verifier.state().fault ?? '', /no feed/);
  });
});

describe('when nothing can be known any more', () => {
  async function freeze(setting: Setting): Promise<string> {
    const token = await setting.issuer.token();
    await setting.verifier.verify(token);
    setting.issuer.behaviour.issuer = 'down';
    setting.issuer.dropFeeds();
    await lost(setting);
    return token;
  }

  test('known tokens are good up to the bound, and refused after it: fail closed', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    const token = await freeze(setting);
    time.pass(60);
    assert.equal(await verdict(verifier, token), 'good');
    time.pass(1);
    assert.equal(await verdict(verifier, token), 'revocation-unknown');
    assert.equal(verifier.state().mode, 'stale');
    assert.equal(verifier.state().since, time.now() - 1_000);
    issuer.behaviour.issuer = 'up';
    time.pass(35);
    await until(async () => (await verdict(verifier, token)) === 'good', 'recovery');
  });

  test('with whenStale accept they stay good, and those known to be revoked stay refused', async () => {
    await using setting = await setUpWithFeed({ revocation: { whenStale: 'accept' } });
    const { issuer, verifier, time } = setting;
    const other = await issuer.token({ status: { status_list: { idx: 4, uri: issuer.listUri() } } });
    await verifier.verify(other);
    issuer.revoke(4);
    await until(async () => (await verdict(verifier, other)) === 'revoked');
    const token = await freeze(setting);
    time.pass(500);
    assert.equal(verifier.state().mode, 'stale');
    assert.equal(await verdict(verifier, token), 'good');
    assert.equal(await verdict(verifier, other), 'revoked');
  });

  test('a feed that is silent, though its socket stands, is given up after three beats', async () => {
    await using setting = await setUpWithFeed();
    setting.issuer.behaviour.feed = 'missing';
    setting.time.pass(16);
    await lost(setting);
    assert.match(setting.verifier.state().fault ?? '', /silent/);
    await until(() => setting.issuer.feeds.size === 0);
  });

  test('a flood of tokens of a list that is not there makes one request, and again only after a while', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    issuer.behaviour.lists = 'missing';
    const token = await issuer.token();
    const flood = () => Promise.all(Array.from({ length: 50 }, () => verdict(verifier, token)));
    assert.deepEqual(new Set(await flood()), new Set(['revocation-unknown']));
    assert.deepEqual(new Set(await flood()), new Set(['revocation-unknown']));
    assert.equal(issuer.count('lists/0'), 1);
    time.pass(1);
    await flood();
    assert.equal(issuer.count('lists/0'), 2);
  });

  test('an answer that never comes is given up after five seconds', async () => {
    await using setting = await setUpWithFeed();
    const { issuer, verifier, time } = setting;
    issuer.behaviour.lists = 'hanging';
    const asked = verdict(verifier, await issuer.token());
    await until(() => issuer.count('lists/0') === 1);
    time.pass(5);
    assert.equal(await asked, 'revocation-unknown');
  });

  test('with whenStale accept nobody waits for an answer that did not come the last time', async () => {
    await using setting = await setUpWithFeed({ revocation: { whenStale: 'accept' } });
    const { issuer, verifier, time } = setting;
    issuer.behaviour.lists = 'hanging';
    const token = await issuer.token();
    const asked = verdict(verifier, token);
    await until(() => issuer.count('lists/0') === 1);
    time.pass(5);
    assert.equal(await asked, 'good');
    time.pass(1);
    assert.equal(await verdict(verifier, token), 'good');
    await until(() => issuer.count('lists/0') === 2);
  });

  test('a wall clock that is set back does not make old knowledge new', async () => {
    await using setting = await setUpWithFeed();
    const token = await freeze(setting);
    setting.time.pass(61);
    setting.time.setWall(-61);
    assert.equal(await verdict(setting.verifier, token), 'revocation-unknown');
  });
});

describe('with feed: false', () => {
  test('there are no timers and no feed; a list is fetched by the verification that finds it due', async () => {
    await using setting = await setUp({ revocation: { feed: false } });
    const { issuer, verifier, time } = setting;
    const token = await issuer.token();
    await verifier.verify(token);
    assert.equal(time.timers.size, 0);
    time.pass(29);
    await verifier.verify(token);
    assert.equal(issuer.count('lists/0'), 1);
    issuer.revoke(3);
    time.pass(1);
    assert.equal(await verdict(verifier, token), 'revoked');
    assert.equal(issuer.count('lists/0'), 2);
    assert.equal(issuer.count('feed'), 0);
  });
});

describe('with revocation off', () => {
  test('nobody asks for lists or feed, and a revoked token is good', async () => {
    await using setting = await setUp({ revocation: 'off' });
    setting.issuer.revoke(3);
    await setting.verifier.ready();
    assert.equal(await verdict(setting.verifier, await setting.issuer.token()), 'good');
    assert.equal(setting.issuer.count('status/'), 0);
    assert.equal(setting.verifier.state().mode, 'off');
  });
});
