import type { Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { foldEmail, type User, type UsersStore } from '../users/index.ts';
import type { EndAccess } from './end-access.ts';

export interface TakeOverAccountCommand {
  /** Whose address was proven just now. The caller has locked them, and has used the token up. */
  readonly user: User;
  /** What the mail was sent for: the purpose of its token. */
  readonly proof: 'verify-email' | 'reset-password' | 'sign-in';
  readonly origin: RequestOrigin;
}

/**
 * Gives an account to whoever reads the mail of its address, which nobody had proven to be theirs. Somebody else may have made the account
 * and wait for its owner to move in ("account pre-hijacking", Sudhodanan and Paverd, USENIX Security 2022), so that all by which one gets in
 * dies, and what was sent to whichever address. The names and the roles stay.
 *
 * Where the address was verified before there is nothing to take over: the caller looks at `user.emailVerifiedAt`.
 *
 * @throws invalidOneTimeToken when it was verified already
 */
export interface TakeOverAccount {
  /** With a password that they have chosen, of which this is the hash. @returns since when it holds */
  replacingPassword(tx: Tx, command: TakeOverAccountCommand & { readonly passwordHash: string }): Promise<Instant>;
  /** From now on the account has no password. */
  removingPassword(tx: Tx, command: TakeOverAccountCommand): Promise<void>;
}

export function createTakeOverAccount(deps: {
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  endAccess: EndAccess;
}): TakeOverAccount {
  const { clock, audit, users, endAccess } = deps;
  const reason = 'account-taken-over';

  const verify = async (tx: Tx, { user, proof, origin }: TakeOverAccountCommand) => {
    if (!(await users.markVerified(tx, user.id, foldEmail(user.email), clock.now()))) throw invalidOneTimeToken();
    const event = { actor: { userId: user.id }, subject: user.id, ip: origin.ip, reason: proof } as const;
    await audit.record(tx, { event: 'email.verified', ...event });
    await audit.record(tx, { event: 'account.taken-over', ...event });
  };

  return {
    async replacingPassword(tx, command) {
      await verify(tx, command);
      const { user, passwordHash, origin } = command;
      return endAccess.replacingPassword(tx, { user, passwordHash, reason, origin });
    },
    async removingPassword(tx, command) {
      await verify(tx, command);
      await endAccess.removingPassword(tx, { user: command.user, reason, origin: command.origin });
    },
  };
}
