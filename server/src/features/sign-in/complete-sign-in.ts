import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { RequireVerifiedEmail } from '../email-flows/index.ts';
import type { SendNotice } from '../notices/index.ts';
import type { StartedSession, StartSession, Tokens } from '../sessions/index.ts';
import type { PasswordVersion } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { emailNotVerified, invalidCredentials } from './errors.ts';

/** How a user has proven who they are. */
export type Proof = 'password' | 'email' | 'sign-up' | 'set-up' | 'invitation';

/** What a way in gives. */
export interface SignedIn extends Tokens {
  /** The password that the browser becomes a known device of; undefined where there is none. */
  readonly proven: PasswordVersion | undefined;
}

/**
 * The single funnel: every proof ends here, so that no second way in can skip a check. It locks the user for the rest of the
 * transaction, so that a deletion that runs at the same time either comes first and is seen, or comes after and ends this session too.
 *
 * @throws invalidCredentials when the user is not active; emailNotVerified where an address must be
 */
export type CompleteSignIn = (
  tx: Tx,
  user: UserId,
  options: { proof: Proof; knownDevice?: boolean; origin: RequestOrigin; clientId: string },
) => Promise<StartedSession>;

export function createCompleteSignIn(deps: {
  clock: Clock;
  users: UsersStore;
  notices: { readonly send: SendNotice };
  startSession: StartSession;
  requireVerifiedEmail: RequireVerifiedEmail;
}): CompleteSignIn {
  const { clock, users, notices, startSession, requireVerifiedEmail } = deps;
  return async (tx, id, options) => {
    const user = await users.lockActive(tx, id, clock.now());
    if (user === undefined) throw invalidCredentials();
    // Told to those alone who have proven who they are.
    if (requireVerifiedEmail !== 'off' && user.emailVerifiedAt === undefined) throw emailNotVerified();
    const started = await startSession(tx, user, options);
    if (user.waitsSince !== undefined) await users.markArrived(tx, id);
    const { ip, userAgent } = options.origin;
    if (started.newDevice) await notices.send(tx, user, 'new-device', { ip, userAgent });
    return started;
  };
}
