import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import type { MailOffice } from '../mail/index.ts';
import { invalidOneTimeToken, type LiveToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import { hasAddress, type User, type UsersStore } from '../users/index.ts';
import type { EndAccess } from './end-access.ts';
import type { PostProof } from './post-proof.ts';

/**
 * Gives an account back to the address that it had, for somebody who did not change it. Whoever did knew the password, so all by which one
 * gets in dies with it: the password, sessions, device tokens, API keys, and what was sent since. The restored address gets a link by which
 * its reader chooses another password, so that the owner is not shut out; it can be asked for again at any time.
 *
 * Ways back that were opened before this one stay, and later ones die: of changes from a to b to c that to a belongs to the owner, and that
 * to b to whoever began, who must not be able to kill the other with it.
 *
 * @throws invalidOneTimeToken, also where it is the present address or the user is not let in; tooManyAttempts; emailTaken when another
 * account has the address: the token is then as good as before
 */
export type UndoEmailChange = (command: { token: string; origin: RequestOrigin }) => Promise<void>;

export function createUndoEmailChange(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  mail: MailOffice;
  oneTimeCodes: OneTimeCodes;
  endAccess: EndAccess;
  accounts: Accounts;
  postProof: PostProof;
}): UndoEmailChange {
  const { db, clock, audit, users, mail, oneTimeCodes, endAccess, accounts, postProof } = deps;

  const lockOwner = async (tx: Tx, { user: id, emailKey }: LiveToken): Promise<User> => {
    const user = id && (await users.lockActive(tx, id, clock.now()));
    if (!user || hasAddress(user, emailKey)) throw invalidOneTimeToken();
    return user;
  };

  /** The restored address gets a new beginning, the other one is told that it is over. */
  const postBoth = async (tx: Tx, user: User, restored: string) => {
    const owner = { ...user, email: restored };
    await postProof(tx, { purpose: 'reset-password', user: owner, email: restored, origin: undefined });
    const data = { username: user.username, resetLink: mail.linkTo('reset-password') };
    await mail.postTo(tx, user, { template: 'email-undone', data });
  };

  return async ({ token: text, origin }) => {
    const token = await oneTimeCodes.find('undo-email', { token: text }, origin.ip);
    await db.transact(async (tx) => {
      const user = await lockOwner(tx, token);
      const { id: subject } = user;
      await oneTimeCodes.use(tx, token);
      await oneTimeCodes.revokeYounger(tx, { ...token, user: subject });
      await accounts.rename(tx, user, { email: token.email });
      await users.markVerified(tx, subject, token.emailKey, clock.now());
      const event = { event: 'user.renamed', actor: { userId: subject }, subject, ip: origin.ip } as const;
      await audit.record(tx, { ...event, object: 'email', reason: 'undone' });
      const end = { reason: 'email-undone', kept: ['ways-back'], isTold: true } as const;
      await endAccess.removingPassword(tx, { user, ...end, origin });
      await postBoth(tx, user, token.email);
    });
  };
}
