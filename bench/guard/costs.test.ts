import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMargin, keptCosts, regressions } from './costs.ts';
import { type Cost, type Costs, jobs, measureCosts } from './measure.ts';

const withJob = (costs: Costs, job: keyof Costs, change: Partial<Cost>): Costs => ({
  ...costs,
  [job]: { ...costs[job], ...change },
});

test('the four jobs ask the database and the hasher as often as is kept, and cost about as much CPU', async () => {
  const kept = keptCosts();
  let found = regressions(kept, await measureCosts());
  // A machine that is busy with other things can make the first one look slow, but not all of them.
  for (let again = 0; again < 2 && found.length > 0; again += 1) found = regressions(kept, await measureCosts());
  assert.deepEqual(found, [], 'If it must be so, keep it: npm run bench:guard');
});

test('one statement more, one hash less, and twice the CPU are noticed, in each job', () => {
  const kept = keptCosts();
  for (const job of jobs) {
    const { statements, hashes, cpuRatio } = kept[job];
    assert.equal(regressions(kept, withJob(kept, job, { statements: statements + 1 })).length, 1);
    assert.equal(regressions(kept, withJob(kept, job, { hashes: hashes - 1 })).length, 1);
    assert.equal(regressions(kept, withJob(kept, job, { cpuRatio: cpuRatio * cpuMargin + 0.1 })).length, 1);
    assert.deepEqual(regressions(kept, withJob(kept, job, { cpuRatio: cpuRatio * (cpuMargin - 0.1) })), []);
  }
});
