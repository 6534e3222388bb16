import type { Database } from '../../src/db/database.ts';
import { databaseUnavailable } from '../../src/db/unavailable.ts';

/** A database that can be taken away and brought back: while it is away it refuses as a server does that cannot be reached. */
export function removable(db: Database): { readonly db: Database; away: boolean } {
  const removed = { db, away: false };
  const reaching: ReadonlySet<string | symbol> = new Set(['all', 'first', 'transact', 'exclusively']);
  removed.db = new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (removed.away && reaching.has(name)) return () => Promise.reject(databaseUnavailable());
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return removed;
}
