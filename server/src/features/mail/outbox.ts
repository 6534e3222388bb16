import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { mailNotFound } from './errors.ts';
import type { MailRecord, MailRecordsStore, MailState } from './record-store.ts';

/** The outbox as an operator sees it; what mails say is not for them. */
export interface Outbox {
  /** The newest first. */
  list(asked: { readonly state: MailState | undefined; readonly limit: number }): Promise<readonly MailRecord[]>;
  /** @throws mailNotFound */
  find(id: string): Promise<MailRecord>;
  /** Lets a mail that has failed be tried now, and not at its time. @throws mailNotFound where it does not wait for that */
  retry(id: string): Promise<void>;
  /** The same for all that wait so. @returns how many */
  retryAll(): Promise<number>;
}

export function createOutbox({
  db,
  clock,
  records,
}: {
  db: Database;
  clock: Clock;
  records: MailRecordsStore;
}): Outbox {
  return {
    list: ({ state, limit }) => records.list(db, state, limit),
    async find(id) {
      const mail = await records.find(db, id);
      if (mail === undefined) throw mailNotFound();
      return mail;
    },
    async retry(id) {
      if (!(await db.transact((tx) => records.hasten(tx, id, clock.now())))) throw mailNotFound();
    },
    retryAll: () => db.transact((tx) => records.hastenAll(tx, clock.now())),
  };
}
