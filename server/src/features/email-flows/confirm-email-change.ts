import type { Database, Reads, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import { invalidOneTimeToken, type LiveToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import type { EndSessions, Sessions } from '../sessions/index.ts';
import { isActive, type User, type UsersStore } from '../users/index.ts';
import type { AccountProofs, ProveAccount } from './prove-account.ts';

export interface ConfirmEmailChangeCommand extends AccountProofs {
  readonly token: string;
}

/**
 * Makes the change of an address that was asked for. The token shows that the new one is theirs, and not that the account is: somebody else
 * may have asked for it, and wait for a click that makes the address theirs. So it wants a second proof. The session that has asked goes on,
 * all others end, as with another password. The former address is told, and gets a way back.
 *
 * @throws invalidOneTimeToken, also where the session that has asked was ended by force since, or the user is not let in;
 * proofOfAccountNeeded, currentPasswordWrong, invalidToken, tooManyAttempts, overloaded; emailTaken when somebody has the address: the token
 * is then as good as before
 */
export type ConfirmEmailChange = (command: ConfirmEmailChangeCommand) => Promise<void>;

export function createConfirmEmailChange(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  oneTimeCodes: OneTimeCodes;
  sessions: Sessions;
  endSessions: EndSessions;
  accounts: Accounts;
  proveAccount: ProveAccount;
}): ConfirmEmailChange {
  const { db, clock, audit, users, oneTimeCodes, sessions, endSessions, accounts, proveAccount } = deps;

  /** Whoever threw out who had asked wants nothing of what they asked for. */
  const assertTrusted = async (db: Reads, user: User | undefined, { session }: LiveToken): Promise<User> => {
    const isTrusted = user && session !== undefined && (await sessions.store.isTrusted(db, user.id, session));
    if (!isTrusted) throw invalidOneTimeToken();
    return user;
  };

  /** Locks nobody. */
  const findAsker = async (token: LiveToken): Promise<User> => {
    const user = token.user && (await users.find(db, token.user));
    return assertTrusted(db, user && isActive(user, clock.now()) ? user : undefined, token);
  };

  const lockAsker = async (tx: Tx, token: LiveToken): Promise<User> =>
    assertTrusted(tx, token.user && (await users.lockActive(tx, token.user, clock.now())), token);

  return async (command) => {
    const { ip } = command.origin;
    const token = await oneTimeCodes.find('confirm-email', { token: command.token }, ip);
    const proof = await proveAccount(await findAsker(token), command, 'user.renamed');
    await db.transact(async (tx) => {
      const user = await lockAsker(tx, token);
      await oneTimeCodes.use(tx, token);
      await proof.settle(tx);
      await accounts.rename(tx, user, { email: token.email });
      await users.markVerified(tx, user.id, token.emailKey, clock.now());
      const { id: subject } = user;
      const [by, session] = [{ userId: subject, sessionId: token.session }, token.session];
      const event = { event: 'user.renamed', actor: by, subject, session, ip } as const;
      await audit.record(tx, { ...event, object: 'email', reason: 'confirmed' });
      await accounts.tellOfNewEmail(tx, { user, email: token.email, proven: true });
      await endSessions(tx, { user: subject, kept: session, reason: 'email-changed', by, ip });
    });
  };
}
