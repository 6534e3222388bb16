import { hash } from 'node:crypto';
import { createBulkInsert } from '../../src/db/copy/copy-table.ts';
import { writeLastId } from '../../src/db/copy/last-id.ts';
import type { Database } from '../../src/db/database.ts';
import { schemaTables } from '../../src/db/schema.ts';
import { foldEmail, foldUsername } from '../../src/features/users/index.ts';

export interface PopulationOptions {
  readonly users: number;
  /** The id of the first; the others follow. */
  readonly firstId: number;
  /** Of the password that all of them have. */
  readonly passwordHash: string;
  /** When all of it happened: milliseconds UTC. */
  readonly at: number;
  /** Every so many have a session; none are younger than a day after `at`. */
  readonly sessionEvery?: number;
  readonly onRows?: (users: number) => void;
}

type Row = Record<string, string | number | null>;

const pageSize = 1_000;
const dayMs = 86_400_000;

/** Fills a migrated database with people, the same in every run: passwords, sessions, audit events, some deleted, some disabled. */
export async function populate(db: Database, options: PopulationOptions): Promise<void> {
  const inserts = new Map(schemaTables(db.dialect).map((table) => [table.name, createBulkInsert(db.dialect, table)]));
  for (let done = 0; done < options.users; done += pageSize) {
    const count = Math.min(pageSize, options.users - done);
    const ids = Array.from({ length: count }, (_, place) => options.firstId + done + place);
    await db.transact(
      async (tx) => {
        for (const [name, rows] of Object.entries(rowsOf(ids, options))) {
          const insert = inserts.get(name);
          if (insert !== undefined && rows.length > 0) await tx.query(insert(rows));
        }
      },
      { patience: 'maintenance' },
    );
    options.onRows?.(done + count);
  }
  // Who brings an id along does not move its counter everywhere.
  const last = options.firstId + options.users - 1;
  for (const table of ['users', 'audit_events']) await writeLastId(db, table, last);
}

function rowsOf(ids: readonly number[], { passwordHash, at, sessionEvery = 3 }: PopulationOptions) {
  return {
    users: ids.map((id) => userRow(id, at)),
    passwords: ids.map((id) => ({ user_id: id, hash: passwordHash, changed_at: at })),
    sessions: ids.filter((id) => id % sessionEvery === 0).map((id) => sessionRow(id, at)),
    audit_events: ids.map((id) => auditRow(id, at)),
  } satisfies Record<string, Row[]>;
}

/** The name and address of a user of the population. */
export function namesOf(id: number): { username: string; email: string } {
  const style = styles[id % styles.length] ?? ((it: number) => ({ username: `user-${it}`, email: `user${it}` }));
  const { username, email } = style(id);
  return { username, email: `${email}@example.com` };
}

const styles: readonly ((id: number) => { username: string; email: string })[] = [
  (id) => ({ username: `User ${id}`, email: `User.${id}` }),
  (id) => ({ username: `🦊👩‍🚀${id}`.replaceAll('\u200d', ''), email: `fox${id}` }),
  (id) => ({ username: `مستخدم${id}`, email: `مستخدم${id}` }),
  (id) => ({ username: `משתמש${id}`, email: `he${id}` }),
  (id) => ({ username: `Zoë-"'\\%_${id}`, email: `zoe'${id}` }),
];

export const isDeleted = (id: number): boolean => id % 11 === 0;

function userRow(id: number, at: number): Row {
  const { username, email } = namesOf(id);
  const gone = isDeleted(id);
  return {
    id,
    username,
    username_key: gone ? null : foldUsername(username),
    email,
    email_key: gone ? null : foldEmail(email),
    created_at: at + id,
    deleted_at: gone ? at + dayMs : null,
    disabled_at: id % 17 === 0 ? at + dayMs : null,
    disabled_until: id % 34 === 0 ? at + 365 * dayMs : null,
    disabled_reason: id % 17 === 0 ? 'Grund 🦊' : null,
    former_email_key: gone ? foldEmail(email) : null,
    former_username_key: gone ? foldUsername(username) : null,
    purged_at: null,
  };
}

function sessionRow(id: number, at: number): Row {
  return {
    id: hash('sha256', `session ${id}`, 'base64url').slice(0, 22),
    user_id: id,
    generation: id % 5,
    token_hash: hash('sha256', `token ${id}`),
    created_at: at,
    rotated_at: at,
    expires_at: at + 30 * dayMs,
    idle_expires_at: at + 30 * dayMs,
    ended_at: id % 4 === 0 ? at + dayMs : null,
    end_reason: id % 4 === 0 ? 'logout' : null,
    ip: '2001:db8::1',
    user_agent: `agent ${id} 🛰`,
  };
}

function auditRow(id: number, at: number): Row {
  const event = { event: 'user.created', outcome: 'success', reason: null };
  return { id, at: at + id, ...event, actor_id: id, subject_id: id, session_id: null, ip: null, object: null };
}
