import type { Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { RevokeApiKeys } from '../api-keys/index.ts';
import type { Notice, Notices } from '../notices/index.ts';
import { type OneTimeCodes, ofPresentAddress } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import type { User } from '../users/index.ts';

export interface EndAccessCommand {
  /** Who has shown that the account is theirs. The caller has locked them. */
  readonly user: User;
  readonly reason: 'password-reset' | 'account-taken-over' | 'email-undone';
  /** What goes on: API keys, and links by which former addresses take the account back. */
  readonly kept?: readonly ('api-keys' | 'ways-back')[];
  /** Whether the caller writes to the reader, who then needs no notice beside it. */
  readonly isTold?: true;
  readonly origin: RequestOrigin;
}

/**
 * Ends all by which one gets into an account: its password, sessions, device tokens, what was sent to it, and API keys. The reader of its
 * address is told of another password, and of one that is gone.
 */
export interface EndAccess {
  /** For a password that they have chosen, of which this is the hash. @returns since when it holds */
  replacingPassword(tx: Tx, command: EndAccessCommand & { readonly passwordHash: string }): Promise<Instant>;
  /** From now on the account has no password. */
  removingPassword(tx: Tx, command: EndAccessCommand): Promise<void>;
}

export function createEndAccess(deps: {
  clock: Clock;
  notices: Notices;
  passwords: Passwords;
  oneTimeCodes: OneTimeCodes;
  endSessions: EndSessions;
  apiKeys: { readonly revoke: RevokeApiKeys };
}): EndAccess {
  const { clock, notices, passwords, oneTimeCodes, endSessions, apiKeys } = deps;

  /** Device tokens are tokens of the password, and have died with it. */
  const endTheRest = async (tx: Tx, command: EndAccessCommand, notice: Notice | undefined) => {
    const { user, reason, kept = [], isTold = false, origin } = command;
    if (notice !== undefined && !isTold) await notices.send(tx, user, notice, origin);
    await oneTimeCodes.revoke(tx, user.id, kept.includes('ways-back') ? ofPresentAddress : undefined);
    const end = { by: { userId: user.id }, ip: origin.ip, reason };
    await endSessions(tx, { user: user.id, ...end });
    if (!kept.includes('api-keys')) await apiKeys.revoke.within(tx, { owner: user.id, ...end });
  };

  return {
    async replacingPassword(tx, command) {
      const changedAt = await passwords.store.set(tx, command.user.id, command.passwordHash, clock.now());
      await endTheRest(tx, command, 'password-changed');
      return changedAt;
    },
    async removingPassword(tx, command) {
      const wasThere = await passwords.store.remove(tx, command.user.id);
      await endTheRest(tx, command, wasThere ? 'password-removed' : undefined);
    },
  };
}
