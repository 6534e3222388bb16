import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { MailOffice } from '../mail/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Authority } from '../roles/index.ts';
import type { Throttle } from '../throttle/index.ts';
import { foldEmail, isActive, type User, type UsersStore, userNotFound } from '../users/index.ts';
import { notInvitable } from './errors.ts';
import type { IsUsed } from './is-used.ts';

/**
 * Sends the link by which an account that was made for somebody becomes theirs. It kills the older ones. Nobody has such mails sent to one
 * address without end, but for the operator.
 *
 * @throws tooManyAttempts
 */
export type SendInvitation = (
  tx: Tx,
  user: Pick<User, 'id' | 'username' | 'email' | 'locale'>,
  from: { by: Actor | undefined; ip: string | undefined },
) => Promise<void>;

export function createSendInvitation(deps: {
  audit: Audit;
  mail: MailOffice;
  throttle: Throttle;
  oneTimeCodes: OneTimeCodes;
}): SendInvitation {
  const { audit, mail, throttle, oneTimeCodes } = deps;
  return async (tx, { id, username, email, locale }, { by, ip }) => {
    if (by !== undefined) await throttle.chargeWithin(tx, [{ kind: 'mail', of: ['invitation', foldEmail(email)] }]);
    const { link, lifeSeconds } = await oneTimeCodes.issue(tx, { purpose: 'accept-invitation', user: id, email });
    const data = { username, link, days: lifeSeconds / 86_400 };
    await mail.postTo(tx, { id, email, locale }, { template: 'invitation', data }, { lifeSeconds });
    await audit.record(tx, { event: 'user.invited', actor: by, subject: id, ip });
  };
}

export interface InviteUserCommand {
  readonly id: UserId;
  /** Who asks, with `users:write`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Invites somebody once more whose account is not used yet.
 *
 * @throws mailNotConfigured, lackingPermission, userNotFound, userHoldsMore, notInvitable, tooManyAttempts
 */
export type InviteUser = (command: InviteUserCommand) => Promise<void>;

export function createInviteUser(deps: {
  db: Database;
  clock: Clock;
  users: UsersStore;
  mail: MailOffice;
  authority: Authority;
  isUsed: IsUsed;
  sendInvitation: SendInvitation;
}): InviteUser {
  const { db, clock, users, mail, authority, isUsed, sendInvitation } = deps;
  return ({ id, by, ip }) =>
    db.transact(async (tx) => {
      await authority.assertHolds(tx, by, 'users:write');
      const user = await users.lock(tx, id);
      if (user === undefined) throw userNotFound();
      await authority.assertReaches(tx, by, id);
      if ((await isUsed(tx, user)) || !isActive(user, clock.now())) throw notInvitable();
      mail.assertConfigured();
      await sendInvitation(tx, user, { by, ip });
    });
}
