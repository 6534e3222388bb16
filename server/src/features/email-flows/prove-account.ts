import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import { currentPasswordWrong } from '../accounts/index.ts';
import type { AuditEvent } from '../audit/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import { foldEmail, type User } from '../users/index.ts';
import { proofOfAccountNeeded } from './errors.ts';
import type { ProvePassword } from './prove-password.ts';

/** What may come with the token of a mail to show whose the account is. One will do. */
export interface AccountProofs {
  readonly password?: string | undefined;
  /** A session of the account stands for its password. */
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** The device token that came with it. */
  readonly device?: string | undefined;
  readonly origin: RequestOrigin;
}

export interface ProvenAccount {
  readonly by: 'session' | 'password';
  /** Looks once more, in the transaction of what it is good for. @throws proofOfAccountNeeded, currentPasswordWrong */
  settle(tx: Tx): Promise<void>;
}

/**
 * Judges the second proof. A token of a mail shows whose the mail is; whose the account is, its password shows, or a session of it. Without
 * it, who made an account could have somebody else's address verified on it by a click of theirs.
 *
 * @param event what a wrong password is recorded as an attempt at
 * @throws proofOfAccountNeeded, currentPasswordWrong, invalidToken, tooManyAttempts, overloaded
 */
export type ProveAccount = (user: User, proofs: AccountProofs, event: AuditEvent['event']) => Promise<ProvenAccount>;

export function createProveAccount(deps: {
  clock: Clock;
  passwords: Passwords;
  throttle: Throttle;
  sessions: Sessions;
  provePassword: ProvePassword;
}): ProveAccount {
  const { clock, passwords, throttle, sessions, provePassword } = deps;

  /** Only looks at the refresh token: it is neither used up nor taken for stolen. */
  const sessionOf = async ({ accessToken, refreshToken }: AccountProofs, user: User) => {
    if (accessToken !== undefined) {
      const person = await sessions.authenticate(accessToken, undefined);
      if (person.userId === user.id) return person.sessionId;
    }
    const active = refreshToken === undefined ? undefined : await sessions.introspect(refreshToken);
    return active?.kind === 'refresh' && active.user.id === user.id ? active.sessionId : undefined;
  };

  const bySession = (user: User, session: SessionId): ProvenAccount => ({
    by: 'session',
    async settle(tx) {
      const claim = { session, user: user.id, now: clock.now(), permission: undefined };
      if ((await sessions.store.authenticate(tx, claim)) === undefined) throw proofOfAccountNeeded();
    },
  });

  return async (user, proofs, event) => {
    const session = await sessionOf(proofs, user);
    if (session !== undefined) return bySession(user, session);
    const { password, device, origin } = proofs;
    if (password === undefined) throw proofOfAccountNeeded();
    const attempt = { password, emailKey: foldEmail(user.email), user: user.id, device, ip: origin.ip, event };
    const { proven, charged } = await provePassword({ ...attempt, atHand: await passwords.find.of(user.id) });
    return {
      by: 'password',
      async settle(tx) {
        if (!(await passwords.store.isCurrent(tx, proven))) throw currentPasswordWrong();
        await throttle.forgive(tx, charged);
      },
    };
  };
}
