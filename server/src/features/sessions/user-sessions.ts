import type { Database, Reads } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { SendNotice } from '../notices/index.ts';
import type { Authority } from '../roles/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import type { EndSessions } from './end-sessions.ts';
import { sessionNotFound } from './errors.ts';
import type { OwnSession } from './own-session.ts';
import type { SessionsStore } from './store.ts';

export interface EndUserSessionsCommand {
  readonly user: UserId;
  /** Who asks, with `sessions:end`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/** Sees and ends the sessions of any user, as an administrator does. */
export interface UserSessions {
  /** Living ones, newest first. @throws userNotFound */
  list(user: UserId): Promise<OwnSession[]>;
  /** @throws lackingPermission, userNotFound, userHoldsMore, sessionNotFound (also for a session of somebody else) */
  endOne(command: EndUserSessionsCommand & { readonly session: SessionId }): Promise<void>;
  /** @returns how many @throws lackingPermission, userNotFound, userHoldsMore */
  endAll(command: EndUserSessionsCommand): Promise<number>;
}

const reason = 'ended-by-admin';
const notTheirs = 'This user has no living session with this id.';

export function createUserSessions(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  notices: { readonly send: SendNotice };
  authority: Authority;
  endSessions: EndSessions;
  store: SessionsStore;
}): UserSessions {
  const { db, clock, audit, users, notices, authority, endSessions, store } = deps;

  const assertExists = async (reads: Reads, id: UserId): Promise<void> => {
    const user = await users.find(reads, id);
    if (user === undefined || user.deletedAt !== undefined) throw userNotFound();
  };

  const assertMayEnd = async (reads: Reads, { user, by }: EndUserSessionsCommand): Promise<void> => {
    await authority.assertHolds(reads, by, 'sessions:end');
    await assertExists(reads, user);
    await authority.assertReaches(reads, by, user);
  };

  return {
    async list(user) {
      await assertExists(db, user);
      return store.listLiving(db, user, clock.now());
    },
    endOne: (command) =>
      db.transact(async (tx) => {
        await assertMayEnd(tx, command);
        const { user, session, by, ip } = command;
        if (!(await store.endOneOf(tx, user, session, reason, clock.now())))
          throw sessionNotFound({ detail: notTheirs });
        await audit.record(tx, { event: 'session.ended', actor: by, subject: user, session, ip, reason });
      }),
    endAll: (command) =>
      db.transact(async (tx) => {
        const { user, by, ip } = command;
        await users.lockActive(tx, user, clock.now());
        await assertMayEnd(tx, command);
        const ended = await endSessions(tx, { user, reason, by, ip });
        if (ended > 0) await notices.send(tx, user, 'sessions-ended', undefined);
        return ended;
      }),
  };
}
