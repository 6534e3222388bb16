import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Audit } from '../audit/index.ts';
import type { RolesStore } from '../roles/index.ts';
import type { SessionsStore } from '../sessions/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { lastAdmin } from './errors.ts';

export interface DeleteAccountCommand {
  readonly id: UserId;
  /** Who asks; `undefined` is the operator at the CLI. Whether they may is decided before. */
  readonly by: UserId | undefined;
  readonly ip?: string;
}

/** @throws userNotFound, lastAdmin */
export type DeleteAccount = (command: DeleteAccountCommand) => Promise<void>;

/** Deletes softly: the row stays, the names are free, every session and token is dead with the same commit. */
export function createDeleteAccount(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  roles: RolesStore;
  sessions: SessionsStore;
}): DeleteAccount {
  const { db, clock, audit, users, roles, sessions } = deps;
  return ({ id, by, ip }) =>
    db.transact(async (tx) => {
      // The lock makes two administrators who delete each other take turns.
      const admins = await roles.lockAdmins(tx);
      if (admins.length === 1 && admins[0] === id) throw lastAdmin();
      const at = clock.now();
      if (!(await users.markDeleted(tx, id, at))) throw userNotFound();
      await sessions.endAllOf(tx, id, 'user-deleted', at);
      await audit.record(tx, { event: 'user.deleted', actor: by, subject: id, ip });
    });
}
