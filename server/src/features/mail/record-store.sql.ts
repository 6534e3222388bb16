import type { Reads } from '../../db/database.ts';
import { type Statement, statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { MailRecord, MailRecordsStore, MailState } from './record-store.ts';
import type { MailTables } from './tables.ts';

const { statement } = statements<MailTables>();

const columns = [
  'id',
  'user_id',
  'recipient',
  'template',
  'created_at',
  'expires_at',
  'due_at',
  'attempts',
  'sent_at',
  'given_up_at',
  'last_error',
] as const;

const mailById = statement((db, p: { id: string }) => db.selectFrom('mails').select(columns).where('id', '=', p.id));
const mailsOf = statement((db, p: { user: UserId }) =>
  db.selectFrom('mails').select(columns).where('user_id', '=', p.user).orderBy('created_at', 'desc').orderBy('id'),
);
const newestIn = (column?: 'due_at' | 'sent_at' | 'given_up_at') =>
  statement((db, p: { limit: number }) => {
    const newest = db.selectFrom('mails').select(columns).orderBy('created_at', 'desc').orderBy('id').limit(p.limit);
    return column === undefined ? newest : newest.where(column, 'is not', null);
  });
const newest = newestIn();
const newestOf = { waiting: newestIn('due_at'), sent: newestIn('sent_at'), 'given-up': newestIn('given_up_at') };

/** What has failed and is put off: what somebody has claimed just now bears no error. */
const hasten = statement((db, p: { id: string; now: Instant }) =>
  db
    .updateTable('mails')
    .set({ due_at: p.now })
    .where('id', '=', p.id)
    .where('due_at', '>', p.now)
    .where('last_error', 'is not', null),
);
const hastenAll = statement((db, p: { now: Instant }) =>
  db.updateTable('mails').set({ due_at: p.now }).where('due_at', '>', p.now).where('last_error', 'is not', null),
);

const shownMails = statement((db, p: { limit: number }) =>
  db
    .selectFrom('mails')
    .select(['id', 'sealed', 'created_at'])
    .where('due_at', 'is', null)
    .where('sealed', 'is not', null)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(p.limit),
);
const shownMail = statement((db, p: { id: string }) =>
  db
    .selectFrom('mails')
    .select(['id', 'sealed', 'created_at'])
    .where('id', '=', p.id)
    .where('due_at', 'is', null)
    .where('sealed', 'is not', null),
);
const removeOf = statement((db, p: { user: UserId }) => db.deleteFrom('mails').where('user_id', '=', p.user));

type Row = Pick<MailTables['mails'], (typeof columns)[number]>;

const recordOf = (row: Row): MailRecord => ({
  id: row.id,
  user: row.user_id ?? undefined,
  to: row.recipient,
  template: row.template,
  state: stateOf(row),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  dueAt: row.due_at ?? undefined,
  attempts: row.attempts,
  sentAt: row.sent_at ?? undefined,
  givenUpAt: row.given_up_at ?? undefined,
  lastError: row.last_error ?? undefined,
});

const stateOf = (row: Pick<Row, 'due_at' | 'sent_at'>): MailState => {
  if (row.due_at !== null) return 'waiting';
  return row.sent_at === null ? 'given-up' : 'sent';
};

const opened = (row: { id: string; sealed: string | null; created_at: Instant }) => ({
  id: row.id,
  sealed: row.sealed ?? '',
  createdAt: row.created_at,
});

const recordsOf = async <P extends object>(db: Reads, listed: Statement<P, Row>, parameters: P) =>
  (await db.all(listed, parameters)).map(recordOf);

export const mailRecordsStore: MailRecordsStore = {
  find: async (db, id) => {
    const row = await db.first(mailById, { id });
    return row && recordOf(row);
  },
  list: (db, state, limit) => recordsOf(db, state === undefined ? newest : newestOf[state], { limit }),
  listOf: (db, user) => recordsOf(db, mailsOf, { user }),
  hasten: async (tx, id, now) => (await tx.execute(hasten, { id, now })) === 1,
  hastenAll: (tx, now) => tx.execute(hastenAll, { now }),
  listShown: async (db, limit) => (await db.all(shownMails, { limit })).map(opened),
  findShown: async (db, id) => {
    const row = await db.first(shownMail, { id });
    return row && opened(row);
  },
  removeOf: async (tx, user) => {
    await tx.execute(removeOf, { user });
  },
};
