import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Template } from './letters.ts';
import type { MailStore, NewMail } from './store.ts';

interface MailTables {
  mails: {
    id: string;
    user_id: number | null;
    template: string;
    /** Null when it is sent or given up. */
    sealed: string | null;
    created_at: Instant;
    expires_at: Instant;
    /** Null when it is sent or given up. */
    due_at: Instant | null;
    attempts: number;
    sent_at: Instant | null;
    given_up_at: Instant | null;
    last_error: string | null;
  };
}

const { statement } = statements<MailTables>();

const addMail = statement((db, p: NewMail & { userOrNull: UserId | null }) =>
  db.insertInto('mails').values({
    id: p.id,
    user_id: p.userOrNull,
    template: p.template,
    sealed: p.sealed,
    created_at: p.createdAt,
    expires_at: p.expiresAt,
    due_at: p.createdAt,
    attempts: 0,
  }),
);

const dueMails = statement((db, p: { now: Instant; limit: number }) =>
  db
    .selectFrom('mails')
    .select(['id', 'sealed', 'created_at', 'attempts', 'due_at', 'expires_at'])
    .where('due_at', '<=', p.now)
    .orderBy('due_at')
    .limit(p.limit),
);

const countSince = statement((db, p: { user: UserId; template: Template; since: Instant }) =>
  db
    .selectFrom('mails')
    .select(({ fn }) => fn.countAll<number>().as('mails'))
    .where('user_id', '=', p.user)
    .where('template', '=', p.template)
    .where('created_at', '>', p.since),
);

const removeOf = statement((db, p: { user: UserId }) => db.deleteFrom('mails').where('user_id', '=', p.user));

export const mailStore: MailStore = {
  add: async (tx, mail) => {
    await tx.execute(addMail, { ...mail, userOrNull: mail.user ?? null });
  },
  listDue: async (db, now, limit) =>
    (await db.all(dueMails, { now, limit })).map((row) => ({
      id: row.id,
      sealed: row.sealed ?? '',
      createdAt: row.created_at,
      attempts: row.attempts,
      dueAt: row.due_at ?? 0,
      expiresAt: row.expires_at,
    })),
  countSince: async (db, user, template, since) =>
    Number((await db.first(countSince, { user, template, since }))?.mails ?? 0),
  removeOf: async (tx, user) => {
    await tx.execute(removeOf, { user });
  },
};
