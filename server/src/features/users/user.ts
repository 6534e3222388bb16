import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';

export interface User {
  readonly id: UserId;
  readonly username: string;
  readonly email: string;
  /** When they showed that the address is theirs; undefined while they have not. */
  readonly emailVerifiedAt: Instant | undefined;
  /** The language that they read, as `de`; undefined where nobody has said. */
  readonly locale: string | undefined;
  readonly createdAt: Instant;
  /** Since when the account waits for its user, for whom it was made without a password; undefined once they have signed in. */
  readonly waitsSince: Instant | undefined;
  readonly deletedAt: Instant | undefined;
  /** When they were disabled; they are active again from `disabledUntil` on, so ask `isActive` or `statusOf`. */
  readonly disabledAt: Instant | undefined;
  /** The first instant at which they are let in again; undefined: until somebody enables them. */
  readonly disabledUntil: Instant | undefined;
  /** For administrators alone. */
  readonly disabledReason: string | undefined;
  /** When all that was personal was erased; only the id is left. */
  readonly purgedAt: Instant | undefined;
}
