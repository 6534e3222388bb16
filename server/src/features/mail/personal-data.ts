import type { Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { MailStore } from './store.ts';

/** Mails to a user. What they said is sealed and gone when it was sent; which were sent stands in the audit record. */
export const createMailHolding = (store: MailStore) => ({
  name: 'mails',
  tell: async () => [],
  forget: (tx: Tx, user: UserId) => store.removeOf(tx, user),
});
