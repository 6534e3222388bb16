import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UsersStore } from '../users/index.ts';

/** So many in one transaction, so that no writer waits long. */
const stepSize = 500;
/** So many steps at one turn; what is left comes at the next. */
const maxSteps = 200;

/**
 * Removes disabilities that have run out. They have counted for nothing since their instant; left where they are, they would make the
 * lists of active and of disabled users slower to read.
 */
export function createForgetRunOut({ db, clock, users }: { db: Database; clock: Clock; users: UsersStore }) {
  return async (): Promise<void> => {
    for (let step = 0; step < maxSteps; step += 1) {
      const forgotten = await db.transact((tx) => users.forgetRunOut(tx, clock.now(), stepSize), {
        patience: 'maintenance',
      });
      if (forgotten === 0) return;
    }
  };
}
