import type { Database } from '../../db/database.ts';
import type { Audit } from '../audit/index.ts';
import type { MailOffice } from '../mail/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import { currentPasswordWrong, emailNeedsProof } from './errors.ts';
import type { LockYourself } from './lock-yourself.ts';
import { assertGoodNames, type NewNames, type Rename } from './rename.ts';
import type { CurrentPasswordCommand, WithCurrentPassword } from './with-current-password.ts';

export type RenameYourselfCommand = CurrentPasswordCommand & NewNames;

/**
 * Changes one's own names. Needs the current password, since both names are what one logs in with (ASVS 5.0 7.5.1). Where mails are sent,
 * another address wants a proof as well, so not here; where none are, one's other sessions end with it, as with another password.
 *
 * @throws validationFailed, emailNeedsProof, currentPasswordWrong, tooManyAttempts, overloaded, emailTaken, usernameTaken; invalidToken when the session was
 * ended meanwhile
 */
export type RenameYourself = (command: RenameYourselfCommand) => Promise<void>;

export function createRenameYourself(deps: {
  db: Database;
  audit: Audit;
  mail: MailOffice;
  rename: Rename;
  passwords: Passwords;
  throttle: Throttle;
  endSessions: EndSessions;
  lockYourself: LockYourself;
  withCurrentPassword: WithCurrentPassword;
}): RenameYourself {
  const { db, audit, mail, rename, passwords, throttle, endSessions, lockYourself, withCurrentPassword } = deps;

  return async (command) => {
    assertGoodNames(command);
    const { who, ip, email = who.email } = command;
    // A client that sends all it knows changes nothing by it.
    if (mail.isConfigured && email !== who.email) throw emailNeedsProof();
    const { userId: subject, sessionId: session } = who;
    await withCurrentPassword(command, 'user.renamed', async ({ proven, charged }) => {
      // Whether a name is taken is told here. So each that is asked for counts, whatever comes of it, and for ever: an attempt that was
      // forgiven for the next success would be free. Behind the password, so that nobody else can use the owner's up.
      if (isAnother(command)) await throttle.charge([{ kind: 'rename', of: [subject] }]);
      await db.transact(async (tx) => {
        const yourself = await lockYourself(tx, who);
        if (!(await passwords.store.isCurrent(tx, proven))) throw currentPasswordWrong();
        const changed = await rename(tx, yourself, command);
        await throttle.forgive(tx, charged);
        if (changed.length === 0) return;
        const object = changed.join(' ');
        await audit.record(tx, { event: 'user.renamed', actor: who, subject, session, ip, object });
        if (!changed.includes('email')) return;
        await endSessions(tx, { user: subject, kept: session, reason: 'email-changed', by: who, ip });
      });
    });
  };
}

const isAnother = ({ who, username = who.username, email = who.email }: RenameYourselfCommand): boolean =>
  username !== who.username || email !== who.email;
