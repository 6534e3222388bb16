import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { MailOffice } from '../mail/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { foldEmail, isActive, type UsersStore } from '../users/index.ts';
import type { ChargeMail } from './charge-mail.ts';
import type { PostVerification } from './post-verification.ts';

/**
 * Sends a new mail to an address that waits to be proven. Any other address gets none: one that nobody has, one that is proven, one of
 * somebody who is not let in. Nobody learns which it was, neither by the answer nor by the time.
 *
 * @throws tooManyAttempts
 */
export type AskVerification = (command: { email: string; origin: RequestOrigin }) => Promise<void>;

/** No folded username is empty. */
const noUsername = '';

export function createAskVerification(deps: {
  db: Database;
  clock: Clock;
  users: UsersStore;
  mail: MailOffice;
  oneTimeCodes: OneTimeCodes;
  chargeMail: ChargeMail;
  postVerification: PostVerification;
}): AskVerification {
  const { db, clock, users, mail, oneTimeCodes, chargeMail, postVerification } = deps;
  return async ({ email, origin: { ip, languages } }) => {
    await chargeMail({ email, ip });
    await db.transact(async (tx) => {
      const found = await users.findByKey(tx, { emailKey: foldEmail(email), usernameKey: noUsername });
      const waits = isActive(found, clock.now()) && found?.emailVerifiedAt === undefined ? found : undefined;
      const nobody = { id: undefined, username: '', email, locale: undefined };
      const { id, username, locale, ...whom } = waits ?? nobody;
      const posted = await postVerification(tx, { ...whom, id, username, locale: locale ?? languages });
      // For whoever gets no mail the same is written, and taken back before anybody sees it.
      await oneTimeCodes.withdraw(tx, waits === undefined ? posted.token : undefined);
      await mail.withdraw(tx, waits === undefined ? posted.mail : undefined);
    });
  };
}
