import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { nobody } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { foldEmail, hasAddress, type UsersStore } from '../users/index.ts';
import type { ChargeMail } from './charge-mail.ts';
import type { PostProof, ProofPurpose } from './post-proof.ts';

export interface AskProofCommand {
  readonly purpose: ProofPurpose;
  readonly email: string;
  readonly origin: RequestOrigin;
}

/**
 * Sends a mail with which whoever reads it gets in, or shows that the address is theirs: to the address of an active account, with or
 * without a password; one that verifies to an address that waits for it. For every other
 * address the same statements run on rows that are worth nothing, so that neither the answer nor its time tells who has an account (OWASP
 * Forgot Password, "Forgot Password Request").
 *
 * @throws mailNotConfigured, tooManyAttempts
 */
export type AskProof = (command: AskProofCommand) => Promise<void>;

const events = {
  'verify-email': 'email.verification-asked',
  'reset-password': 'password.reset-asked',
  'sign-in': 'login.mail-asked',
} as const;

export function createAskProof(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  chargeMail: ChargeMail;
  postProof: PostProof;
}): AskProof {
  const { db, clock, audit, users, chargeMail, postProof } = deps;
  return async ({ purpose, email, origin }) => {
    const { ip } = origin;
    await chargeMail({ email, ip, flow: purpose });
    const emailKey = foldEmail(email);
    await db.transact(async (tx) => {
      const found = await users.findByEmail(tx, emailKey);
      const locked = await users.lockActive(tx, found?.id ?? nobody, clock.now());
      // Between the two it may have become somebody else's.
      const owner = locked !== undefined && hasAddress(locked, emailKey) ? locked : undefined;
      const isDone = purpose === 'verify-email' && owner?.emailVerifiedAt !== undefined;
      const user = isDone ? undefined : owner;
      await postProof(tx, { purpose, user, email, origin });
      const whom =
        user === undefined
          ? ({ outcome: 'refused', reason: isDone ? 'verified-already' : 'no-account', triedName: emailKey } as const)
          : { subject: user.id };
      await audit.record(tx, { event: events[purpose], ...whom, ip });
    });
  };
}
