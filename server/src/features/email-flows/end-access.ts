import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { RevokeApiKeys } from '../api-keys/index.ts';
import type { Notices } from '../notices/index.ts';
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
  const replacePassword = async (tx: Tx, { user: { id }, passwordHash, origin }: EndAccessCommand): Promise<void> => {
    const from = { ip: origin.ip, device: origin.userAgent };
    if (passwordHash !== undefined) {
      await passwords.store.set(tx, id, passwordHash, clock.now());
      await notices.send(tx, id, 'password-changed', from);
    } else if (await passwords.store.remove(tx, id)) await notices.send(tx, id, 'password-removed', from);
  };

  return async (tx, command) => {
    const { user, reason, kept = [], origin } = command;
    await replacePassword(tx, command);
    await oneTimeCodes.revoke(tx, user.id, kept.includes('ways-back') ? ofPresentAddress : undefined);
    const end = { by: { userId: user.id }, ip: origin.ip, reason };
    await endSessions(tx, { user: user.id, ...end });
    if (!kept.includes('api-keys')) await apiKeys.revoke.within(tx, { owner: user.id, ...end });
  };
}
