import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import {
  type Accounts,
  assertGoodNames,
  type CurrentPasswordCommand,
  type CurrentPasswordProof,
  currentPasswordWrong,
} from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import { askerOf, type Letter, type MailOffice } from '../mail/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { User } from '../users/index.ts';
import type { ChargeMail } from './charge-mail.ts';

export type AskEmailChangeCommand = CurrentPasswordCommand & { readonly email: string };

/**
 * Asks for another address: the new one gets a link that makes the change, the present one is told. Nothing has changed yet.
 *
 * Whether the new address has an account is not even looked up, so neither the answer nor its time can tell. Its mail goes out all the same:
 * whoever follows the link has shown that the address is theirs, and may hear there that it is taken.
 *
 * @throws mailNotConfigured, validationFailed, currentPasswordWrong, tooManyAttempts, overloaded; invalidToken when the session was ended
 * meanwhile
 */
export type AskEmailChange = (command: AskEmailChangeCommand) => Promise<void>;

export function createAskEmailChange(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  mail: MailOffice;
  passwords: Passwords;
  throttle: Throttle;
  oneTimeCodes: OneTimeCodes;
  accounts: Accounts;
  chargeMail: ChargeMail;
}): AskEmailChange {
  const { db, clock, audit, mail, passwords, throttle, oneTimeCodes, accounts, chargeMail } = deps;

  const assertAnother = ({ who, email }: AskEmailChangeCommand): void => {
    const same = { pointer: '/email', detail: 'This is your address already.' };
    if (email === who.email) throw validationFailed({ errors: [same] });
    assertGoodNames({ email });
  };

  /** To both addresses. The session goes with the token: once it is ended by force, the link is worth nothing. */
  const postBoth = async (tx: Tx, yourself: User, { who, email, ip, userAgent }: AskEmailChangeCommand) => {
    const { id: user, username } = yourself;
    const order = { purpose: 'confirm-email', user, email, session: who.sessionId } as const;
    const { link, code, lifeSeconds } = await oneTimeCodes.issue(tx, order);
    const data = { username, newEmail: email };
    const confirm: Letter = {
      template: 'confirm-email',
      data: { ...data, link, code, minutes: lifeSeconds / 60 },
    };
    await mail.postTo(tx, yourself, confirm, { to: email, lifeSeconds });
    const tell = { resetLink: mail.linkTo('reset-password'), ...askerOf(clock.now(), { ip, userAgent }) };
    await mail.postTo(tx, yourself, { template: 'email-change-asked', data: { ...data, ...tell } });
  };

  /** Counted behind the password, so that who has stolen an access token alone sends nobody a mail. */
  const charge = async ({ who, email, ip }: AskEmailChangeCommand, { charged }: CurrentPasswordProof) => {
    try {
      await throttle.charge([{ kind: 'rename', of: [who.userId] }]);
      await chargeMail({ email, ip, flow: 'confirm-email' });
    } catch (error) {
      // The current password was right.
      await db.transact((tx) => throttle.forgive(tx, charged));
      throw error;
    }
  };

  return async (command) => {
    mail.assertConfigured();
    assertAnother(command);
    const { who, ip } = command;
    await accounts.withCurrentPassword(command, 'email.change-asked', async (proof) => {
      await charge(command, proof);
      await db.transact(async (tx) => {
        const yourself = await accounts.lockYourself(tx, who);
        if (!(await passwords.store.isCurrent(tx, proof.proven))) throw currentPasswordWrong();
        await postBoth(tx, yourself, command);
        const { userId: subject, sessionId: session } = who;
        await audit.record(tx, { event: 'email.change-asked', actor: who, subject, session, ip });
        await throttle.forgive(tx, proof.charged);
      });
    });
  };
}
