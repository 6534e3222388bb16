import { DomainError } from '../kernel/errors.ts';
import type { Database } from './database.ts';
import { rawQuery } from './raw-query.ts';
import { databaseUnavailable, outcomeUnknown } from './unavailable.ts';

/** Changes nothing and yet must be written, so that it fails where a write fails. */
const probe = 'update schema_migrations set applied_at = applied_at';

/**
 * Makes `check` notice what a read cannot see, as a full disk: after a write that the database could not take, the database counts as
 * failing until one has succeeded again. While all is well, a check writes nothing.
 */
export function withWriteHealth(db: Database): Database {
  let failing = false;

  const transact: Database['transact'] = async (work, options) => {
    try {
      const result = await db.transact(work, options);
      failing = false;
      return result;
    } catch (error) {
      failing ||= isOutage(error);
      throw error;
    }
  };

  return {
    ...db,
    transact,
    async check() {
      await db.check();
      // A balancer has taken the node out, so that no other write would come to tell that the database is back.
      if (failing) await transact((tx) => tx.query(rawQuery(db.dialect, probe)));
    },
  };
}

const isOutage = (error: unknown): boolean =>
  error instanceof DomainError && (error.refusal === databaseUnavailable || error.refusal === outcomeUnknown);
