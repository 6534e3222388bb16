import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type DeletedUser, type UsersStore, userNotFound } from '../users/index.ts';
import type { PurgeUser } from './purge-user.ts';

/** So many at one turn, each in a transaction of its own; what is left comes at the next, and behind the last those who failed. */
const maxPurged = 1_000;

/** Purges who was deleted longer ago than they are kept. Every node may do it: of two that purge the same user, one does. */
export function createPurgeDue(deps: {
  db: Database;
  clock: Clock;
  users: UsersStore;
  deletedUserRetentionSeconds: number;
  purge: PurgeUser;
}): () => Promise<void> {
  const { db, clock, users, deletedUserRetentionSeconds, purge } = deps;
  /** Where the next turn goes on: those who cannot be purged now, however many, must not keep everybody behind them for ever. */
  let lookedTo: DeletedUser | undefined;

  return async () => {
    const before = clock.now() - deletedUserRetentionSeconds * 1_000;
    const failures: unknown[] = [];
    const due = await users.listDeleted(db, { before, after: lookedTo, limit: maxPurged });
    lookedTo = due.length < maxPurged ? undefined : due.at(-1);
    for (const { id } of due) {
      // One that fails does not keep those behind it.
      await purge({ id, by: undefined, reason: 'retention' }).catch((error: unknown) => failures.push(error));
    }
    const [failure] = failures.filter((error) => !isGone(error));
    if (failure !== undefined) throw failure;
  };
}

/** Another node was faster, or somebody has restored them. */
const isGone = (error: unknown): boolean => error instanceof DomainError && error.refusal === userNotFound;
