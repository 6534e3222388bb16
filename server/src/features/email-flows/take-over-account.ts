import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RevokeApiKeys } from '../api-keys/index.ts';
import type { Audit } from '../audit/index.ts';
import { invalidOneTimeToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import { foldEmail, type User, type UsersStore } from '../users/index.ts';

export interface TakeOverAccountCommand {
  /** Whose address was proven just now. The caller has locked them, and has used the token up. */
  readonly user: User;
  /** The hash of the password that they have chosen; undefined: from now on the account has none. */
  readonly passwordHash: string | undefined;
  /** What the mail was sent for: the purpose of its token. */
  readonly proof: 'verify-email' | 'reset-password' | 'sign-in';
  readonly ip: string;
}

/**
 * Gives an account to whoever reads the mail of its address, which nobody had proven to be theirs. Somebody else may have made the account
 * and wait for its owner to move in ("account pre-hijacking", Sudhodanan and Paverd, USENIX Security 2022), so that all by which one gets in
 * dies: the password, sessions, device tokens, API keys, and what was sent to whichever address. The names and the roles stay.
 *
 * Where the address was verified before there is nothing to take over: the caller looks at `user.emailVerifiedAt`.
 *
 * @throws invalidOneTimeToken when it was verified already
 */
export type TakeOverAccount = (tx: Tx, command: TakeOverAccountCommand) => Promise<void>;

export function createTakeOverAccount(deps: {
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  passwords: Passwords;
  oneTimeCodes: OneTimeCodes;
  endSessions: EndSessions;
  apiKeys: { readonly revoke: RevokeApiKeys };
}): TakeOverAccount {
  const { clock, audit, users, passwords, oneTimeCodes, endSessions, apiKeys } = deps;
  return async (tx, { user, passwordHash, proof, ip }) => {
    const [now, by] = [clock.now(), { userId: user.id }];
    if (!(await users.markVerified(tx, user.id, foldEmail(user.email), now))) throw invalidOneTimeToken();
    // Device tokens are tokens of the password, and die with it.
    if (passwordHash === undefined) await passwords.store.remove(tx, user.id);
    else await passwords.store.set(tx, user.id, passwordHash, now);
    await oneTimeCodes.revoke(tx, user.id);
    const event = { actor: by, subject: user.id, ip, reason: proof } as const;
    await audit.record(tx, { event: 'email.verified', ...event });
    await audit.record(tx, { event: 'account.taken-over', ...event });
    const end = { by, ip, reason: 'account-taken-over' } as const;
    await endSessions(tx, { user: user.id, ...end });
    await apiKeys.revoke.within(tx, { owner: user.id, ...end });
  };
}
