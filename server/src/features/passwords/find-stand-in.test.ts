import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unevenness } from '../../../test/support/evenness.ts';
import { createSeeded } from '../../../test/support/seeded.ts';
import type { Database } from '../../db/database.ts';
import { Secret } from '../../kernel/secret.ts';
import { createFindStandIn } from './find-stand-in.ts';

/** Stand-ins among these living users, each of whom has their id for a hash. */
function among(living: readonly number[], { last = living.at(-1) ?? 0, key = 'a key', broken = [] as number[] } = {}) {
  const hashes = new Map(living.map((id) => [id, String(id)]));
  let looks = 0;
  const find = createFindStandIn({
    db: {} as Database,
    clock: { now: () => 0 },
    secretKeys: { present: new Secret(key), former: [] },
    hasher: { canVerify: (hash) => !broken.includes(Number(hash)) },
    store: {
      lastUser: async () => last,
      async hashesAmong(_, ids) {
        looks += 1;
        return new Map(ids.flatMap((id) => (hashes.has(id) ? [[id, hashes.get(id) as string]] : [])));
      },
    },
  });
  return { find, looks: () => looks };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

async function countsOf(living: readonly number[], find: (name: string) => Promise<string | undefined>, names: number) {
  const counts = new Map(living.map((id) => [String(id), 0]));
  for (let name = 0; name < names; name += 1) {
    const standIn = (await find(`nobody-${name}@example.com`)) ?? 'nobody';
    counts.set(standIn, (counts.get(standIn) ?? 0) + 1);
  }
  return counts;
}

describe('each living user stands in as often as every other', () => {
  const random = createSeeded(1);
  const grounds = {
    'where all ids are living users': range(1, 100),
    'where half of them are gone, here and there': range(1, 200).filter(() => random.chance(0.5)),
    'where there are long gaps between few': [1, 2, 3, 103, 104, 204, 304, 305, 306, 307, 400],
    'where all but the newest are gone': range(951, 1_000),
    'where all but the oldest are gone': [...range(1, 50), 1_000],
  };
  for (const [ground, living] of Object.entries(grounds)) {
    test(ground, async () => {
      const counts = await countsOf(living, among(living).find, living.length * 100);
      assert.deepEqual([...counts.keys()].toSorted(), living.map(String).toSorted(), 'all of them, and nobody else');
      const uneven = unevenness([...counts.values()]);
      assert.ok(uneven < 1, `${uneven.toFixed(2)}`);
    });
  }

  test('under another key as well, and another name has another', async () => {
    const living = range(1, 50).filter((id) => id % 3 !== 0);
    const [one, other] = [among(living).find, among(living, { key: 'another key' }).find];
    const counts = await countsOf(living, other, 5_000);
    assert.ok(unevenness([...counts.values()]) < 1);
    const same = await Promise.all(
      range(1, 1_000).map(async (name) => (await one(`${name}`)) === (await other(`${name}`))),
    );
    assert.ok(same.filter(Boolean).length < 60, 'as few as by chance');
  });
});

test('what would take the next one behind a gap is called uneven', () => {
  const random = createSeeded(2);
  const living = range(1, 200).filter(() => random.chance(0.5));
  const counts = new Map(living.map((id) => [id, 0]));
  for (let name = 0; name < 10_000; name += 1) {
    const drawn = 1 + random.below(living.at(-1) ?? 0);
    const next = living.find((id) => id >= drawn) ?? 0;
    counts.set(next, (counts.get(next) ?? 0) + 1);
  }
  assert.ok(unevenness([...counts.values()]) > 10);
});

test('a hash that cannot be verified stands in for nobody: it would take the time of the dummy', async () => {
  const living = range(1, 40);
  const broken = range(1, 10);
  const counts = await countsOf(living, among(living, { broken }).find, 3_000);
  assert.deepEqual(
    broken.map((id) => counts.get(String(id))),
    broken.map(() => 0),
  );
  assert.ok(unevenness(range(11, 40).map((id) => counts.get(String(id)) ?? 0)) < 1);
});

test('a name keeps its stand-in when users come and go, but for those of who went and those that fall to who came', async () => {
  const names = range(1, 3_000).map((name) => `nobody-${name}`);
  const before = range(1, 61).filter((id) => id % 4 !== 0);
  const [gone, ...stayed] = before;
  const standIns = async (living: readonly number[]) => Promise.all(names.map(among(living).find));
  const [first, second] = [await standIns(before), await standIns([...stayed, 62])];
  const moved = names.map((_, at) => [first[at], second[at]]).filter(([from, to]) => from !== to);
  assert.ok(moved.every(([from, to]) => from === String(gone) || to === '62'));
  const inherited = moved.filter(([from]) => from === String(gone)).map(([, to]) => Number(to));
  assert.ok(new Set(inherited).size > 20, 'nobody inherits all the names of who went');
});

test('one look is nearly always enough, and they end', async () => {
  const half = among(range(1, 1_000).filter((id) => id % 2 === 0));
  await countsOf([], half.find, 1_000);
  assert.ok(half.looks() < 1_100, `${half.looks()}`);
  const nobody = among([], { last: 1_000 });
  assert.equal(await nobody.find('nobody'), undefined);
  assert.equal(nobody.looks(), 128);
  const empty = among([]);
  assert.deepEqual([await empty.find('nobody'), empty.looks()], [undefined, 0]);
});
