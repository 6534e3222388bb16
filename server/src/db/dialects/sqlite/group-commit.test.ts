import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DomainError } from '../../../kernel/errors.ts';
import { createGroupCommit } from './group-commit.ts';

/** A group commit over a disk whose syncs a test ends by hand. */
function setUp() {
  const syncs: PromiseWithResolvers<void>[] = [];
  const groupCommit = createGroupCommit(() => {
    const sync = Promise.withResolvers<void>();
    syncs.push(sync);
    return sync.promise;
  });
  /** Commits and waits; what came of it, so far. */
  const commit = () => {
    groupCommit.committed();
    return outcomeOf(groupCommit.durable());
  };
  return { groupCommit, syncs, commit };
}

function outcomeOf(promise: Promise<void>) {
  const outcome = { state: 'waits' as 'waits' | 'durable' | 'refused', error: undefined as unknown };
  promise.then(
    () => {
      outcome.state = 'durable';
    },
    (error: unknown) => Object.assign(outcome, { state: 'refused', error }),
  );
  return outcome;
}

/** Lets every continuation run that is ready. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const unavailable = (error: unknown) =>
  error instanceof DomainError &&
  error.refusal.code === 'database-unavailable' &&
  error.retryAfterSeconds === 60 &&
  error.cause !== undefined;

describe('group commit', () => {
  test('many waiters share one sync', async () => {
    const { syncs, commit } = setUp();
    const outcomes = Array.from({ length: 20 }, commit);
    await settle();
    // The first began the sync before the others had committed, so they share the second.
    assert.equal(syncs.length, 1);
    syncs[0]?.resolve();
    await settle();
    assert.equal(syncs.length, 2);
    assert.equal(outcomes.filter(({ state }) => state === 'durable').length, 1);
    syncs[1]?.resolve();
    await settle();
    assert.ok(outcomes.every(({ state }) => state === 'durable'));
    assert.equal(syncs.length, 2);
  });

  test('a commit that arrives while a sync runs waits for the next one', async () => {
    const { syncs, commit } = setUp();
    const first = commit();
    await settle();
    const second = commit();
    syncs[0]?.resolve();
    await settle();
    assert.deepEqual([first.state, second.state, syncs.length], ['durable', 'waits', 2]);
    syncs[1]?.resolve();
    await settle();
    assert.equal(second.state, 'durable');
  });

  test('who has committed nothing waits for what others committed before, and for no more', async () => {
    const { groupCommit, syncs, commit } = setUp();
    commit();
    const reader = outcomeOf(groupCommit.durable());
    await settle();
    commit();
    assert.deepEqual([reader.state, syncs.length], ['waits', 1]);
    syncs[0]?.resolve();
    await settle();
    assert.equal(reader.state, 'durable');
  });

  test('where nothing was committed, nothing is synced', async () => {
    const { groupCommit, syncs } = setUp();
    await groupCommit.durable();
    assert.equal(syncs.length, 0);
  });

  test('a failed sync is final, also when the next one would succeed', async () => {
    const { groupCommit, syncs, commit } = setUp();
    const covered = commit();
    await settle();
    const waitsForNext = commit();
    syncs[0]?.reject(new Error('EIO'));
    await settle();
    assert.deepEqual([covered.state, waitsForNext.state], ['refused', 'refused']);
    assert.ok(unavailable(covered.error) && unavailable(waitsForNext.error));
    assert.throws(groupCommit.assertHealthy, unavailable);
    await assert.rejects(groupCommit.durable(), unavailable);
    const later = commit();
    await settle();
    assert.equal(later.state, 'refused');
    assert.equal(syncs.length, 1, 'nobody asks that disk again');
  });

  test('a sync that throws instead of rejecting fails the same way', async () => {
    const groupCommit = createGroupCommit(() => {
      throw new Error('EBADF');
    });
    groupCommit.committed();
    await assert.rejects(groupCommit.durable(), unavailable);
    assert.throws(groupCommit.assertHealthy, unavailable);
  });

  test('what a checkpoint reports is as final, also for those whose own sync then succeeds', async () => {
    const { groupCommit, syncs, commit } = setUp();
    const waiting = commit();
    await settle();
    groupCommit.fail(new Error('EIO'));
    syncs[0]?.resolve();
    await settle();
    assert.equal(waiting.state, 'refused');
    assert.throws(groupCommit.assertHealthy, unavailable);
  });

  test('the first failure is the one that is told', async () => {
    const { groupCommit } = setUp();
    const first = new Error('first');
    groupCommit.fail(first);
    groupCommit.fail(new Error('second'));
    assert.throws(groupCommit.assertHealthy, (error: DomainError) => error.cause === first);
  });

  test('nobody is told "durable" before a sync that began after the commit has ended, and in the end everybody is', async () => {
    const step = fc.constantFrom('commit', 'commit and wait', 'wait', 'end a sync', 'breathe');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { groupCommit, syncs } = setUp();
        const begunWith: number[] = []; // commits when each sync began
        let commits = 0;
        let ended = 0;
        const waits: { commits: number; outcome: { state: string } }[] = [];
        const look = async () => {
          while (begunWith.length < syncs.length) begunWith.push(commits);
          await settle();
          while (begunWith.length < syncs.length) begunWith.push(commits);
          const covered = Math.max(0, ...begunWith.slice(0, ended));
          for (const wait of waits) {
            const expected = wait.commits <= covered ? 'durable' : 'waits';
            assert.equal(wait.outcome.state, expected);
          }
        };
        const endSync = () => {
          if (ended < syncs.length) syncs[ended++]?.resolve();
        };

        for (const what of steps) {
          if (what === 'end a sync') endSync();
          if (what === 'breathe') await settle();
          if (what.startsWith('commit')) {
            groupCommit.committed();
            commits += 1;
          }
          if (what.endsWith('wait')) waits.push({ commits, outcome: outcomeOf(groupCommit.durable()) });
          await look();
        }
        while (waits.some(({ outcome }) => outcome.state === 'waits')) {
          endSync();
          await look();
        }
      }),
    );
  });
});
