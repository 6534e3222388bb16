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
import { userDisabled } from './errors.ts';
import type { PostProof } from './post-proof.ts';

export interface StartResetCommand {
  readonly id: UserId;
  /** Who asks, with `users:write`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip: string | undefined;
}

/**
 * Lets somebody choose a new password, for those who look after users: nobody but the owner ever knows it, so none is temporary. Until it
 * is chosen the old one holds and sessions go on.
 */
export interface StartReset {
  /** By a mail to their address. @throws mailNotConfigured, lackingPermission, userNotFound, userHoldsMore, userDisabled, tooManyAttempts */
  mail(command: StartResetCommand): Promise<void>;
  /**
   * By a link that the operator hands over. Whoever opens it is taken for who reads the mail of the address.
   *
   * @throws userNotFound, userDisabled
   */
  link(id: UserId): Promise<{ link: string; minutes: number }>;
}

export function createStartReset(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
  mail: MailOffice;
  throttle: Throttle;
  oneTimeCodes: OneTimeCodes;
  postProof: PostProof;
}): StartReset {
  const { db, clock, audit, users, authority, mail, throttle, oneTimeCodes, postProof } = deps;

  const lock = async (tx: Tx, id: UserId, by: Actor | undefined): Promise<User> => {
    const user = await users.lock(tx, id);
    if (user === undefined) throw userNotFound();
    await authority.assertReaches(tx, by, id);
    if (!isActive(user, clock.now())) throw userDisabled();
    return user;
  };

  /** Not on the count of those who ask for themselves: whom strangers bomb, an administrator still helps. The operator is not counted. */
  const charge = async (tx: Tx, { email }: User, by: Actor | undefined) => {
    if (by !== undefined) await throttle.chargeWithin(tx, [{ kind: 'mail', of: ['started-reset', foldEmail(email)] }]);
  };

  return {
    mail: ({ id, by, ip }) =>
      db.transact(async (tx) => {
        await authority.assertHolds(tx, by, 'users:write');
        mail.assertConfigured();
        const user = await lock(tx, id, by);
        await charge(tx, user, by);
        await postProof(tx, { purpose: 'reset-password', user, email: user.email, origin: undefined });
        await audit.record(tx, { event: 'password.reset-asked', actor: by, subject: id, ip });
      }),
    link: (id) =>
      db.transact(async (tx) => {
        const { email } = await lock(tx, id, undefined);
        const { link, lifeSeconds } = await oneTimeCodes.issue(tx, { purpose: 'reset-password', user: id, email });
        await audit.record(tx, { event: 'password.reset-asked', subject: id, object: 'printed' });
        return { link, minutes: lifeSeconds / 60 };
      }),
  };
}
