/**
 * Owns: tokens and codes that are sent to an address and are good for one use.
 * Tables: one_time_tokens.
 * Specifications: NIST SP 800-63B-4 §3.1.3 (out-of-band secrets), OWASP Forgot Password ("URL Tokens", "PINs").
 */
import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { LinkTo } from '../mail/index.ts';
import type { Throttle } from '../throttle/index.ts';
import { createFindToken, type FindToken } from './find-token.ts';
import { createDigestOfCode, createIssueToken, type IssueToken } from './issue-token.ts';
import { createOneTimeCodesHolding } from './personal-data.ts';
import { keptLonger, keptSeconds } from './policy.ts';
import { oneTimeCodesStore as store } from './store.sql.ts';
import type { LiveToken } from './store.ts';
import { createUseToken, type UseToken } from './use-token.ts';

export const oneTimeCodesHolding = createOneTimeCodesHolding(store);

export { invalidOneTimeToken } from './errors.ts';
export type { FindToken, Presented } from './find-token.ts';
export type { IssuedToken, IssueToken } from './issue-token.ts';
export { ofPresentAddress } from './policy.ts';
export type { LiveToken } from './store.ts';
export type { UseToken } from './use-token.ts';

export interface OneTimeCodes {
  readonly issue: IssueToken;
  readonly find: FindToken;
  readonly use: UseToken;
  /** Makes worthless what was sent to a user, of some purposes or of all. */
  readonly revoke: (tx: Tx, user: UserId, purposes?: readonly Purpose[]) => Promise<void>;
  /** Takes back a token that was issued in this transaction; none costs the same. */
  readonly withdraw: (tx: Tx, id: number | undefined) => Promise<void>;
  /** Makes worthless those of its user and purpose that were made after a token that was used. */
  readonly revokeYounger: (tx: Tx, token: LiveToken & { readonly user: UserId }) => Promise<void>;
  /**
   * Makes worthless the ways back of a user but the first: who has taken an account over has opened the later ones. Also when the first has
   * run out: else they would only have to wait for that.
   */
  readonly revokeLaterWaysBack: (tx: Tx, user: UserId) => Promise<void>;
  /**
   * Whether an address is kept for somebody else than `user`: it was theirs, and they may take it back. To be asked behind the change that
   * gives it to `user`, which has waited for whoever gives it up at the same time.
   */
  readonly isKeptForAnother: (tx: Tx, emailKey: string, user: UserId) => Promise<boolean>;
  /** Removes, in one transaction, what ran out so long ago that it is kept no longer. */
  readonly sweep: () => Promise<void>;
}

export function createOneTimeCodes(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  secretKeys: SecretKeys;
  mail: { readonly linkTo: LinkTo };
  throttle: Throttle;
}): OneTimeCodes {
  const { db, clock } = deps;
  const parts = { ...deps, store, digestOfCode: createDigestOfCode(deps) };
  return {
    issue: createIssueToken(parts),
    find: createFindToken(parts),
    use: createUseToken(parts),
    revoke: (tx, user, purposes) => store.removeOf(tx, user, purposes),
    withdraw: (tx, id) => store.remove(tx, id),
    revokeYounger: (tx, token) => store.removeYounger(tx, token),
    async revokeLaterWaysBack(tx, user) {
      const query = { purpose: 'undo-email', user } as const;
      const first = await store.findOldest(tx, query);
      if (first !== undefined) await store.removeYounger(tx, { ...query, id: first });
    },
    isKeptForAnother: (tx, emailKey, user) =>
      store.isAnothers(tx, { purpose: 'undo-email', emailKey, user, now: clock.now() }),
    async sweep() {
      const now = clock.now();
      const before = now - keptSeconds * 1_000;
      const longer = { purpose: keptLonger.purpose, before: now - keptLonger.seconds * 1_000 };
      await db.transact((tx) => store.sweep(tx, before, longer), { patience: 'maintenance' });
    },
  };
}
