import { systemClock as clock } from '../../src/adapters/system-clock.ts';
import { systemRandom as random } from '../../src/adapters/system-random.ts';
import type { Database } from '../../src/db/database.ts';
import { createPostMail } from '../../src/features/mail/post.ts';
import { mailStore as store } from '../../src/features/mail/store.sql.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { behind } from './behind.ts';

const perTransaction = 100;

export const addressOf = (place: number): string => `user-${place}@example.com`;

/** Puts so many mails into the outbox of servers with this key, each with a link of its own. */
export async function fillOutbox(db: Database, count: number, secretKey: string): Promise<void> {
  const secretKeys = { present: new Secret(secretKey), former: [] };
  const post = createPostMail({ clock, random, secretKeys, store, way: 'smtp' });
  for (let first = 0; first < count; first += perTransaction) {
    await db.transact(async (tx) => {
      for (let place = first; place < Math.min(count, first + perTransaction); place += 1) {
        const link = `http://localhost:8000/mail/reset-password#token=${place}`;
        const data = { username: 'ada', link, code: undefined, minutes: 30 };
        const letter = { template: 'reset-password', data } as const;
        await post(tx, { to: addressOf(place), locale: 'en', letter }, { user: undefined, lifeSeconds: 86_400 });
      }
    });
  }
}

/** What a minute and a half would do: what a dead node has claimed is anybody's. */
export const endLeases = (db: Database) =>
  behind(db, (builder) => builder.updateTable('mails').set({ due_at: clock.now() }).where('due_at', 'is not', null));

/** How many mails wait, were sent and were given up. */
export async function countOutbox(db: Database): Promise<{ waiting: number; sent: number; givenUp: number }> {
  const rows = await behind<Record<'due_at' | 'sent_at' | 'given_up_at', number | null>>(db, (builder) =>
    builder.selectFrom('mails').select(['due_at', 'sent_at', 'given_up_at']),
  );
  const having = (column: 'due_at' | 'sent_at' | 'given_up_at') => rows.filter((row) => row[column] !== null).length;
  return { waiting: having('due_at'), sent: having('sent_at'), givenUp: having('given_up_at') };
}
