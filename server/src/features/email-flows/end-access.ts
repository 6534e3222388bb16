import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
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
  /** The hash of the password that they have chosen; undefined: from now on the account has none. */
  readonly passwordHash: string | undefined;
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
export type EndAccess = (tx: Tx, command: EndAccessCommand) => Promise<void>;

export function createEndAccess(deps: {
  clock: Clock;
  notices: Notices;
  passwords: Passwords;
  oneTimeCodes: OneTimeCodes;
  endSessions: EndSessions;
  apiKeys: { readonly revoke: RevokeApiKeys };
}): EndAccess {
  const { clock, notices, passwords, oneTimeCodes, endSessions, apiKeys } = deps;

  /** Device tokens are tokens of the password, and die with it. */
  const replacePassword = async (tx: Tx, { user, passwordHash }: EndAccessCommand): Promise<Notice | undefined> => {
    if (passwordHash === undefined) return (await passwords.store.remove(tx, user.id)) ? 'password-removed' : undefined;
    await passwords.store.set(tx, user.id, passwordHash, clock.now());
    return 'password-changed';
  };

  return async (tx, command) => {
    const { user, reason, kept = [], isTold = false, origin } = command;
    const notice = await replacePassword(tx, command);
    if (notice !== undefined && !isTold)
      await notices.send(tx, user.id, notice, { ip: origin.ip, device: origin.userAgent });
    await oneTimeCodes.revoke(tx, user.id, kept.includes('ways-back') ? ofPresentAddress : undefined);
    const end = { by: { userId: user.id }, ip: origin.ip, reason };
    await endSessions(tx, { user: user.id, ...end });
    if (!kept.includes('api-keys')) await apiKeys.revoke.within(tx, { owner: user.id, ...end });
  };
}
