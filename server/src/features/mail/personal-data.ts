import type { Reads, Tx } from '../../db/database.ts';
import { isoOrNull } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { MailRecord, MailRecordsStore } from './record-store.ts';

/** Which mails a user was sent lately, and where to. What they said is sealed, and gone when they are sent. */
export const createMailHolding = (records: MailRecordsStore) => ({
  name: 'mails',
  tell: async (db: Reads, user: UserId) => (await records.listOf(db, user)).map(told),
  forget: (tx: Tx, user: UserId) => records.removeOf(tx, user),
});

const told = ({ template, to, createdAt, sentAt }: MailRecord) => ({
  template,
  to,
  written_at: isoOrNull(createdAt),
  sent_at: isoOrNull(sentAt),
});
