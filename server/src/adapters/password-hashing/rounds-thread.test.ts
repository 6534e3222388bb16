import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManyRounds } from './many-rounds.ts';
import { runRounds } from './many-rounds.ts';
import { createRoundsThread } from './rounds-thread.ts';

const work = (rounds: number): ManyRounds => ({
  algorithm: 'phpass',
  password: Buffer.from('correct horse bättery'),
  salt: Buffer.from('abcdEFGH'),
  rounds,
});

test('the event loop turns while the thread hashes', async () => {
  const thread = createRoundsThread();
  let turns = 0;
  let done = false;
  const turn = () => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  const digest = await thread.run(work(50_000));
  done = true;
  assert.deepEqual(digest, runRounds(work(50_000)));
  assert.ok(turns > 10, `${turns} turns`);
});

test('works that are asked for at once are all done, each for its own asker', async () => {
  const thread = createRoundsThread();
  const rounds = [300, 1, 200, 2];
  const digests = await Promise.all(rounds.map((count) => thread.run(work(count))));
  assert.deepEqual(
    digests,
    rounds.map((count) => runRounds(work(count))),
  );
});

test('a work that ends the thread fails, with all that wait for it, and the next one starts another', async () => {
  const thread = createRoundsThread();
  const broken = { ...work(1), salt: 'no bytes' } as unknown as ManyRounds;
  const [first, second] = await Promise.allSettled([thread.run(broken), thread.run(work(1))]);
  assert.deepEqual([first.status, second.status], ['rejected', 'rejected']);
  assert.deepEqual(await thread.run(work(1)), runRounds(work(1)));
});
