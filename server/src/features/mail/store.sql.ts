import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Template } from './letters.ts';
import type { Claim, MailStore, NewMail } from './store.ts';
import type { MailTables } from './tables.ts';

const { statement } = statements<MailTables>();

const keyOf = (address: string): string => address.toLowerCase();

type NewRow = NewMail & { key: string; userOrNull: UserId | null; dueAt: Instant | null; sentAt: Instant | null };

const addMail = statement((db, p: NewRow) =>
  db.insertInto('mails').values({
    id: p.id,
    user_id: p.userOrNull,
    recipient: p.to,
    recipient_key: p.key,
    template: p.template,
    sealed: p.sealed,
    created_at: p.createdAt,
    expires_at: p.expiresAt,
    due_at: p.dueAt,
    attempts: 0,
    failures: 0,
    sent_at: p.sentAt,
  }),
);

const dueMails = statement((db, p: { now: Instant; limit: number }) =>
  db
    .selectFrom('mails')
    .select(['id', 'sealed', 'created_at', 'attempts', 'failures', 'expires_at'])
    .where('due_at', '<=', p.now)
    .orderBy('due_at')
    .limit(p.limit),
);

const countSince = statement((db, p: { key: string; template: Template; since: Instant }) =>
  db
    .selectFrom('mails')
    .select(({ fn }) => fn.countAll<number>().as('mails'))
    .where('recipient_key', '=', p.key)
    .where('template', '=', p.template)
    .where('created_at', '>', p.since),
);

const claimMail = statement((db, p: Claim & { until: Instant }) =>
  db
    .updateTable('mails')
    .set((it) => ({ due_at: p.until, attempts: it('attempts', '+', 1), last_error: null }))
    .where('id', '=', p.id)
    .where('attempts', '=', p.attempts)
    .where('due_at', 'is not', null),
);

const settle = <P extends Settled>(set: (p: P) => object) =>
  statement((db, p: P) =>
    db
      .updateTable('mails')
      .set(set(p))
      .where('id', '=', p.id)
      .where('attempts', '=', p.attempts)
      .where('due_at', 'is not', null),
  );

type Settled = Claim & { at: Instant };
type Failed = Settled & { error: string | null };

const markSent = settle((p: Settled) => ({ sent_at: p.at, due_at: null, sealed: null, last_error: null }));
const giveUp = settle((p: Failed) => ({ given_up_at: p.at, due_at: null, sealed: null, last_error: p.error }));
const putOff = settle((p: Failed & { failures: number }) => ({
  due_at: p.at,
  last_error: p.error,
  failures: p.failures,
}));

const waitingBefore = statement((db, p: { before: Instant }) =>
  db
    .selectFrom('mails')
    .select((it) => it.fn.countAll<number>().as('waiting'))
    .where('due_at', 'is not', null)
    .where('created_at', '<', p.before),
);
const oldestBefore = statement((db, p: { before: Instant }) =>
  db
    .selectFrom('mails')
    .select(['created_at', 'last_error'])
    .where('due_at', 'is not', null)
    .where('created_at', '<', p.before)
    .orderBy('created_at')
    .limit(1),
);

const eraseShown = statement((db, _: object) =>
  db.updateTable('mails').set({ sealed: null }).where('due_at', 'is', null).where('sealed', 'is not', null),
);

const overBefore = statement((db, p: { before: Instant; limit: number }) =>
  db
    .selectFrom('mails')
    .select('id')
    .where('created_at', '<', p.before)
    .where((it) => it.or([it('due_at', 'is', null), it('expires_at', '<', p.before)]))
    .orderBy('created_at')
    .limit(p.limit),
);
const removeMail = statement((db, p: { id: string }) => db.deleteFrom('mails').where('id', '=', p.id));
export const mailStore: MailStore = {
  add: async (tx, mail) => {
    await tx.execute(addMail, {
      ...mail,
      key: keyOf(mail.to),
      userOrNull: mail.user ?? null,
      dueAt: mail.createdAt,
      sentAt: null,
    });
  },
  addShown: async (tx, mail) => {
    await tx.execute(addMail, {
      ...mail,
      key: keyOf(mail.to),
      userOrNull: mail.user ?? null,
      dueAt: null,
      sentAt: mail.createdAt,
    });
  },
  listDue: async (db, now, limit) =>
    (await db.all(dueMails, { now, limit })).map((row) => ({
      id: row.id,
      sealed: row.sealed ?? '',
      createdAt: row.created_at,
      attempts: row.attempts,
      failures: row.failures,
      expiresAt: row.expires_at,
    })),
  countSince: async (db, to, template, since) =>
    Number((await db.first(countSince, { key: keyOf(to), template, since }))?.mails ?? 0),
  claim: async (tx, { id, attempts }, until) => (await tx.execute(claimMail, { id, attempts, until })) === 1,
  markSent: async (tx, { id, attempts }, at) => (await tx.execute(markSent, { id, attempts, at })) === 1,
  putOff: async (tx, { id, attempts }, { dueAt, error, failures }) =>
    (await tx.execute(putOff, { id, attempts, at: dueAt, error: error ?? null, failures })) === 1,
  giveUp: async (tx, { id, attempts }, { at, error }) => (await tx.execute(giveUp, { id, attempts, at, error })) === 1,
  backlog: async (db, before) => {
    const oldest = await db.first(oldestBefore, { before });
    const counted = oldest && (await db.first(waitingBefore, { before }));
    return {
      waiting: Number(counted?.waiting ?? 0),
      since: oldest?.created_at,
      lastError: oldest?.last_error ?? undefined,
    };
  },
  sweep: async (tx, before, limit) => {
    const old = await tx.all(overBefore, { before, limit });
    for (const { id } of old) await tx.execute(removeMail, { id });
    return old.length;
  },
  eraseShown: async (tx) => {
    await tx.execute(eraseShown, {});
  },
  // No mail has an empty id.
  remove: async (tx, id = '') => {
    await tx.execute(removeMail, { id });
  },
};
