import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createFairQueue, type FairQueue, type Waiting } from './fair-queue.ts';

interface Item extends Waiting {
  readonly name: string;
}

const item = (name: string, source: string, known = false, isReady = true): Item => ({
  name,
  asker: { source, known },
  isReady,
});

/** Everything, in the order in which it starts. */
function drain(queue: FairQueue<Item>): string[] {
  const names: string[] = [];
  for (let next = queue.next(); next !== undefined; next = queue.next()) names.push(next.name);
  return names;
}

function queueOf(...items: readonly Item[]): FairQueue<Item> {
  const queue = createFairQueue<Item>();
  for (const it of items) queue.add(it);
  return queue;
}

const anyItem = fc
  .record({ source: fc.constantFrom('a', 'b', 'c', 'd'), known: fc.boolean() })
  .map((asker): Waiting => ({ asker, isReady: true }));
const anyAsker = anyItem.map(({ asker }) => asker);

describe('a fair queue', () => {
  test('of one source starts first what came first', () => {
    assert.deepEqual(drain(queueOf(item('1', 'a'), item('2', 'a'), item('3', 'a'))), ['1', '2', '3']);
  });

  test('lets the sources take turns, however much waits of one', () => {
    const queue = queueOf(
      ...[1, 2, 3, 4].map((at) => item(`a${at}`, 'a')),
      item('b1', 'b'),
      item('c1', 'c'),
      item('b2', 'b'),
    );
    assert.deepEqual(drain(queue), ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  test('a source that comes back stands at the end of the round', () => {
    const queue = queueOf(item('a1', 'a'), item('b1', 'b'));
    assert.equal(queue.next()?.name, 'a1');
    queue.add(item('a2', 'a'));
    queue.add(item('b2', 'b'));
    assert.deepEqual(drain(queue), ['b1', 'a2', 'b2']);
  });

  test('the known go first, but every fourth start is a stranger’s', () => {
    const known = Array.from({ length: 7 }, (_, at) => item(`known ${at}`, `${at}`, true));
    const strangers = [item('stranger 0', 'x'), item('stranger 1', 'y'), item('stranger 2', 'z')];
    assert.deepEqual(drain(queueOf(...strangers, ...known)), [
      ...['known 0', 'known 1', 'known 2', 'stranger 0'],
      ...['known 3', 'known 4', 'known 5', 'stranger 1'],
      ...['known 6', 'stranger 2'],
    ]);
  });

  test('what is not ready is passed over and keeps its place', () => {
    const slow = { ...item('slow', 'a', false), isReady: false };
    const queue = queueOf(slow, item('a2', 'a'), item('b1', 'b'));
    assert.equal(queue.next()?.name, 'a2');
    assert.equal(queue.next()?.name, 'b1');
    assert.deepEqual([queue.next(), queue.size], [undefined, 1]);
    slow.isReady = true;
    assert.deepEqual(drain(queue), ['slow']);
  });

  test('what is removed is gone, and its source keeps its turn', () => {
    const [first, second] = [item('a1', 'a'), item('a2', 'a')];
    const queue = queueOf(first, second, item('b1', 'b'));
    queue.remove(first);
    queue.remove(first);
    assert.deepEqual([queue.size, drain(queue)], [2, ['a2', 'b1']]);
    queue.remove(second);
    assert.equal(queue.size, 0);
  });

  test('nothing is lost, nothing comes twice', () => {
    fc.assert(
      fc.property(fc.array(anyItem), (items) => {
        const queue = createFairQueue<Waiting>();
        for (const it of items) queue.add(it);
        const drained = items.map(() => queue.next());
        assert.deepEqual(new Set(drained), new Set(items));
        assert.deepEqual([queue.next(), queue.size], [undefined, 0]);
      }),
    );
  });

  test('a newcomer starts no later than it was told, if nobody comes after it', () => {
    fc.assert(
      fc.property(fc.array(anyItem), fc.nat(40), anyAsker, (items, started, asker) => {
        const queue = createFairQueue<Waiting>();
        for (const it of items) queue.add(it);
        for (let start = 0; start < started; start += 1) queue.next();
        const ahead = queue.ahead(asker);
        const newcomer = { asker, isReady: true };
        queue.add(newcomer);
        let before = 0;
        while (queue.next() !== newcomer) before += 1;
        assert.ok(before <= ahead + 1, `${before} started before it, ${ahead} were told`);
      }),
      { numRuns: 1_000 },
    );
  });

  test('attack: a thousand waiting of one source delay another by one', () => {
    const queue = createFairQueue<Waiting>();
    for (let at = 0; at < 1_000; at += 1) queue.add(item('flood', '192.0.2.66'));
    assert.equal(queue.ahead({ source: '192.0.2.1', known: false }), 1);
    assert.equal(queue.ahead({ source: '192.0.2.66', known: false }), 1_000);
    assert.equal(queue.ahead({ source: '192.0.2.66', known: true }), 0);
    assert.equal(queue.sizeOf({ source: '192.0.2.66', known: false }), 1_000);
  });

  test('knows who is alone, on either side', () => {
    const queue = queueOf(item('1', 'a'), item('2', 'a', true));
    const [a, b] = [
      { source: 'a', known: true },
      { source: 'b', known: true },
    ];
    assert.deepEqual([queue.isAlone(a), queue.isAlone(b)], [true, false]);
    queue.add(item('3', 'b'));
    assert.deepEqual([queue.isAlone(a), queue.isAlone(b)], [false, false]);
    assert.equal(queueOf().isAlone(a), true);
  });

  test('tells what is not among the next starts, in whatever order they come: of each source the last', () => {
    const names = (queue: FairQueue<Item>, starts: number) => queue.beyond(starts).map(({ name }) => name);
    const queue = queueOf(item('a1', 'a'), item('a2', 'a'), item('a3', 'a'), item('b1', 'b'));
    assert.deepEqual([names(queue, 6), names(queue, 4), names(queue, 0)], [[], ['a3'], ['a2', 'a3']]);
    queue.add(item('k1', 'a', true));
    queue.add(item('k2', 'a', true));
    assert.deepEqual(names(queue, 16), ['a3'], 'of four starts three are of the known');
    assert.deepEqual(names(queue, 2), ['k2', 'a2', 'a3']);
  });
});
