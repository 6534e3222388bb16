import type { Reads, Tx } from '../../db/database.ts';
import { isoOrNull } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { MailRecord, MailStore } from './store.ts';

/** Which mails a user was sent lately, and where to. What they said is sealed, and gone when they are sent. */
export const createMailHolding = (store: MailStore) => ({
  name: 'mails',
  tell: async (db: Reads, user: UserId) => (await store.listOf(db, user)).map(told),
  forget: (tx: Tx, user: UserId) => store.removeOf(tx, user),
});

const told = ({ template, to, createdAt, sentAt }: MailRecord) => ({
  template,
  to,
  written_at: isoOrNull(createdAt),
  sent_at: isoOrNull(sentAt),
});
