import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { createTestClock } from '../../../test/support/ports.ts';
import { refusedWith } from '../../../test/support/store-contract.ts';
import { systemRandom } from '../../adapters/system-random.ts';
import type { Database } from '../../db/database.ts';
import { generateSigningKey, openSigningKey } from '../keys/signing-key.ts';
import { statusListNotFound } from './errors.ts';
import { createStatusLists } from './status-lists.ts';

const sealingKey = Buffer.alloc(32);

async function newKey() {
  const times = { createdAt: 0, signsFrom: 0, random: systemRandom };
  return openSigningKey(await generateSigningKey({ algorithm: 'ES256', sealingKey, ...times }), [sealingKey]);
}

/** Lists over sessions that a test holds in its hand: `places` exist, `ended` have ended. */
async function stage(places: readonly number[]) {
  const clock = createTestClock();
  const ended = new Set<number>();
  const state = { key: await newKey(), reads: 0, fails: false };
  const lists = createStatusLists({
    db: {} as Database,
    clock,
    keys: { ring: () => ({ current: state.key, all: [state.key] }) },
    issuer: 'https://auth.test',
    store: {
      nextStatusIndex: async (_, from) => {
        if (state.fails) throw new Error('the database is gone');
        state.reads += 1;
        return places.find((place) => place >= from);
      },
      listEnded: async (_, { from, to }) => [...ended].filter((place) => place >= from && place < to),
    },
  });
  const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const bitsOf = async (list: number): Promise<Buffer> =>
    inflateSync(Buffer.from(payloadOf(await lists.get(list)).status_list.lst, 'base64url'));
  return { clock, ended, state, lists, payloadOf, bitsOf };
}

describe('a status list', () => {
  test('says who signs, what it is, since when and how long; and holds one bit for each session', async () => {
    const { ended, lists, clock, payloadOf, bitsOf } = await stage([1, 40_000]);
    for (const place of [1, 32_767, 32_768, 40_000]) ended.add(place);
    const { status_list, ...claims } = payloadOf(await lists.get(1));
    const iat = clock.now() / 1_000;
    const sub = 'https://auth.test/status/lists/1';
    assert.deepEqual(claims, { iss: 'https://auth.test', sub, iat, exp: iat + 300, ttl: 30 });
    assert.equal(status_list.bits, 1);
    const expected = Buffer.alloc(4_096);
    expected[0] = 1;
    expected[(40_000 - 32_768) >> 3] = 1;
    assert.deepEqual(await bitsOf(1), expected);
    assert.deepEqual([(await bitsOf(0))[0], (await bitsOf(0))[4_095]], [2, 128]);
  });

  test('is read once for however many ask at once, and again when it is five seconds old', async () => {
    const { clock, ended, state, lists, bitsOf } = await stage([1]);
    await Promise.all(Array.from({ length: 50 }, () => lists.get(0)));
    assert.equal(state.reads, 1);
    ended.add(1);
    clock.advance(4_999);
    assert.equal((await bitsOf(0))[0], 0);
    clock.advance(1);
    assert.equal((await bitsOf(0))[0], 2);
    assert.equal(state.reads, 2);
    clock.advance(-60_000);
    await lists.get(0);
    assert.equal(state.reads, 3, 'a clock that steps back makes nothing fresh');
  });

  test('attack: signed by a key that was revoked, it is signed anew at once', async () => {
    const { state, lists } = await stage([1]);
    const before = await lists.get(0);
    assert.equal(await lists.get(0), before);
    state.key = await newKey();
    const after = await Promise.all([lists.get(0), lists.get(0)]);
    assert.equal(after[0], after[1]);
    assert.ok(after[0]?.startsWith(`${state.key.headers['statuslist+jwt']}.`));
    assert.equal(state.reads, 2);
  });

  test('that no session stands in is none: before the first, between, and after the last', async () => {
    const { lists } = await stage([1, 70_000]);
    await lists.get(0);
    await lists.get(2);
    for (const list of [1, 3, 9_999_999_999]) await assert.rejects(lists.get(list), refusedWith(statusListNotFound));
  });

  test('that could not be read is tried again, and so is the index of all', async () => {
    const { state, lists } = await stage([1]);
    state.fails = true;
    await assert.rejects(lists.get(0), /gone/);
    await assert.rejects(lists.addresses(), /gone/);
    state.fails = false;
    await lists.get(0);
    assert.equal((await lists.addresses()).length, 1);
  });
});

test('the index names the lists in which sessions stand, and reads one row for each', async () => {
  const { clock, state, lists } = await stage([5, 6, 32_767, 98_304, 98_305]);
  const names = ['https://auth.test/status/lists/0', 'https://auth.test/status/lists/3'];
  const answers = await Promise.all([lists.addresses(), lists.addresses()]);
  assert.deepEqual(answers, [names, names]);
  assert.equal(state.reads, 3);
  clock.advance(5_000);
  await lists.addresses();
  assert.equal(state.reads, 6);
  assert.deepEqual(await (await stage([])).lists.addresses(), []);
});

test('numbers without end that somebody makes up push out no list that others ask for', async () => {
  const { lists } = await stage([0]);
  const token = await lists.get(0);
  const made = Promise.allSettled(Array.from({ length: 300 }, (_, at) => lists.get(1 + at)));
  // Each signature is another: the same text has been kept.
  assert.equal(await lists.get(0), token);
  for (const asked of await made)
    assert.ok(asked.status === 'rejected' && refusedWith(statusListNotFound)(asked.reason));
  assert.equal(await lists.get(0), token);
});
