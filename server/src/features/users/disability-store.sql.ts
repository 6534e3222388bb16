import { sql } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { UsersStore } from './store.ts';
import type { UsersTables } from './tables.ts';

const { statement } = statements<UsersTables>();

interface DisabilityRow {
  id: UserId;
  at: Instant;
  until: Instant | null;
  reason: string | null;
  /** The same in a form that can be compared: no instant is 0, no reason is empty. */
  untilOr0: Instant;
  reasonText: string;
}

const disableUser = statement((db, p: DisabilityRow) =>
  db
    .updateTable('users')
    .set({ disabled_at: p.at, disabled_until: p.until, disabled_reason: p.reason })
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null)
    .where(({ eb, fn, or }) =>
      or([
        eb('disabled_at', 'is', null),
        eb('disabled_until', '<=', p.at),
        eb(fn.coalesce('disabled_until', sql.lit(0)), '!=', p.untilOr0),
        eb(fn.coalesce('disabled_reason', sql.lit('')), '!=', p.reasonText),
      ]),
    ),
);

/** What the row of a user holds who is not disabled. */
export const noDisability = { disabled_at: null, disabled_until: null, disabled_reason: null };

const enableUser = statement((db, p: { id: UserId; now: Instant }) =>
  db
    .updateTable('users')
    .set(noDisability)
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null)
    .where('disabled_at', 'is not', null)
    .where((where) => where.or([where('disabled_until', 'is', null), where('disabled_until', '>', p.now)])),
);

const runOut = statement((db, p: { now: Instant; limit: number }) =>
  db.selectFrom('users').select('id').where('disabled_until', '<=', p.now).orderBy('disabled_until').limit(p.limit),
);

/** Asks again: they may have been disabled anew meanwhile. */
const forgetRunOut = statement((db, p: { id: number; now: Instant }) =>
  db.updateTable('users').set(noDisability).where('id', '=', p.id).where('disabled_until', '<=', p.now),
);

/** Who is disabled, until when and why. */
export const disabilityStore = {
  markDisabled: async (tx, id, { at, until, reason }) => {
    const row = {
      id,
      at,
      until: until ?? null,
      reason: reason ?? null,
      untilOr0: until ?? 0,
      reasonText: reason ?? '',
    };
    return (await tx.execute(disableUser, row)) === 1;
  },
  markEnabled: async (tx, id, now) => (await tx.execute(enableUser, { id, now })) === 1,
  async forgetRunOut(tx, now, limit) {
    let forgotten = 0;
    for (const { id } of await tx.all(runOut, { now, limit })) forgotten += await tx.execute(forgetRunOut, { id, now });
    return forgotten;
  },
} satisfies Partial<UsersStore>;
