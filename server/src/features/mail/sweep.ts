import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { MailWay } from './post.ts';
import type { MailStore } from './store.ts';

/** A transaction each: a large outbox must not keep others waiting. */
const perStep = 500;

/**
 * Forgets what was sent or given up long ago, and what mails said that were shown in development, once there is no mailbox any more.
 */
export function createSweep(deps: {
  db: Database;
  clock: Clock;
  store: MailStore;
  retentionSeconds: number;
  way: MailWay;
}): () => Promise<void> {
  const { db, clock, store, retentionSeconds, way } = deps;
  return async () => {
    const before = clock.now() - retentionSeconds * 1_000;
    const step = () => db.transact((tx) => store.sweep(tx, before, perStep), { patience: 'maintenance' });
    while ((await step()) === perStep);
    if (way !== 'mailbox') await db.transact((tx) => store.eraseShown(tx), { patience: 'maintenance' });
  };
}
