import type { Database, Tx } from '../../db/database.ts';
import { type Clock, type Instant, iso } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { type OneTimeCodes, ofPresentAddress } from '../one-time-codes/index.ts';
import { type Authority, lastAdmin, type RolesStore } from '../roles/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { checkDisability } from './policy.ts';

export interface DisableAccountCommand {
  readonly id: UserId;
  /** Who asks, with `users:disable`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

export interface DisableCommand extends DisableAccountCommand {
  /** For administrators to read; not for the record, since that is for ever. */
  readonly reason?: string | undefined;
  /** The first instant at which they are let in again; without one: until somebody enables them. */
  readonly until?: Instant | undefined;
}

/** Shuts somebody out, and lets them in again. What is so already stays so, and is no event: a repeat is harmless. */
export interface DisableAccount {
  /**
   * Every session and token is dead with the same commit. Who is disabled already gets the new reason and end.
   *
   * @throws validationFailed, lackingPermission, userNotFound, lastAdmin, userHoldsMore
   */
  disable(command: DisableCommand): Promise<void>;
  /** They can log in again; what was ended stays ended. @throws lackingPermission, userNotFound, userHoldsMore */
  enable(command: DisableAccountCommand): Promise<void>;
}

export function createDisableAccount(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  roles: RolesStore;
  authority: Authority;
  oneTimeCodes: OneTimeCodes;
  endSessions: EndSessions;
}): DisableAccount {
  const { db, clock, audit, users, roles, authority, oneTimeCodes, endSessions } = deps;

  /** Behind the change, which has locked the user, so that what they hold stays; who may not have done it takes it back. */
  const assertMayHaveDone = async (tx: Tx, { id, by }: DisableAccountCommand): Promise<void> => {
    const user = await users.find(tx, id);
    if (user === undefined || user.deletedAt !== undefined) throw userNotFound();
    await authority.assertReaches(tx, by, id);
  };

  return {
    disable: (command) =>
      db.transact(async (tx) => {
        const { id, by, ip, reason, until } = command;
        const at = clock.now();
        const errors = checkDisability(command, at);
        if (errors.length > 0) throw validationFailed({ errors });
        await authority.assertHolds(tx, by, 'users:disable');
        // Locks, so that two administrators who disable each other take turns. Also where there is an end: until then there would be none.
        if (await roles.isLastAdmin(tx, id, at)) throw lastAdmin();
        const changed = await users.markDisabled(tx, id, { at, until, reason });
        await assertMayHaveDone(tx, command);
        if (!changed) return;
        const object = until === undefined ? undefined : `until ${iso(until)}`;
        await audit.record(tx, { event: 'user.disabled', actor: by, subject: id, ip, object });
        await oneTimeCodes.revoke(tx, id, ofPresentAddress);
        await endSessions(tx, { user: id, reason: 'user-disabled', by, ip });
      }),

    enable: (command) =>
      db.transact(async (tx) => {
        const { id, by, ip } = command;
        await authority.assertHolds(tx, by, 'users:disable');
        const changed = await users.markEnabled(tx, id, clock.now());
        await assertMayHaveDone(tx, command);
        if (changed) await audit.record(tx, { event: 'user.enabled', actor: by, subject: id, ip });
      }),
  };
}
