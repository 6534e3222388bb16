import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSeeded } from '../../server/test/support/seeded.ts';
import { type MeasureOptions, measure, mostRounds, shuffled } from './interleave.ts';
import { fewestSamples } from './statistics.ts';

const classes = [
  { title: 'existing', names: Array.from({ length: 20 }, (_, at) => `e${at}`) },
  { title: 'unknown', names: Array.from({ length: 20 }, (_, at) => `u${at}`) },
];

/** A stopwatch that remembers what it was asked, and says that existing names take longer. */
function createFake(status = 401) {
  const asked: string[] = [];
  const options: MeasureOptions = {
    stopwatch: {
      time: async (name) => {
        asked.push(name);
        return { ms: name.startsWith('e') ? 2 : 1, status, disturbed: asked.length % 50 === 0 };
      },
      [Symbol.dispose]() {},
    },
    random: createSeeded(1),
    requestFor: (name) => name,
    status: 401,
    budgetMs: 60_000,
  };
  return { asked, options };
}

describe('measuring', () => {
  test('asks for each name as often as for every other, so that none is better known than others', async () => {
    const { asked, options } = createFake();
    await measure(classes, options);
    const counts = [...Map.groupBy(asked, (name) => name).values()].map(({ length }) => length);
    assert.deepEqual([counts.length, new Set(counts)], [40, new Set([mostRounds])]);
  });

  test('mixes the classes: neither comes in blocks', async () => {
    const { asked, options } = createFake();
    await measure(classes, options);
    const letters = asked.map(([letter]) => letter).join('');
    assert.doesNotMatch(letters, /e{15}|u{15}/);
  });

  test('keeps the times apart, and leaves out the warm-up and what the collector of garbage disturbed', async () => {
    const { asked, options } = createFake();
    const times = await measure(classes, options);
    assert.deepEqual([...new Set(times.get('existing'))], [2]);
    assert.deepEqual([...new Set(times.get('unknown'))], [1]);
    const kept = [...times.values()].flat().length;
    assert.equal(kept, asked.length - 20 - 6);
  });

  test('stops when it is told that it is enough, and when its time is over', async () => {
    const { asked, options } = createFake();
    await measure(classes, { ...options, isEnough: () => true });
    assert.equal(asked.length, 100);
    const late = await measure(classes, { ...options, budgetMs: -1 });
    const counts = [...late.values()].map(({ length }) => length);
    assert.equal(Math.min(...counts), fewestSamples);
  });

  test('asks for each name once where the names themselves are what is drawn', async () => {
    const { asked, options } = createFake();
    await measure(classes, { ...options, rounds: 1 });
    assert.deepEqual(asked.toSorted(), classes.flatMap(({ names }) => names).toSorted());
  });

  test('an answer of another status is a fault: it would be about something else', async () => {
    await assert.rejects(measure(classes, createFake(429).options), /is answered 429/);
  });
});

test('shuffling loses nothing and repeats with its seed', () => {
  const list = Array.from({ length: 50 }, (_, at) => at);
  const once = shuffled(list, createSeeded(7));
  assert.notDeepEqual(once, list);
  assert.deepEqual(
    once.toSorted((a, b) => a - b),
    list,
  );
  assert.deepEqual(shuffled(list, createSeeded(7)), once);
});
