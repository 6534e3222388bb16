import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import { statusOf, type User, type UserStatus } from '../users/index.ts';

/** A user as those who look after users see them, as far as they may. */
export interface UserRecord {
  readonly id: UserId;
  readonly username: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly status: UserStatus;
  readonly createdAt: Instant;
  readonly deletedAt?: Instant;
  readonly disabledAt?: Instant;
  readonly disabledUntil?: Instant | undefined;
  readonly disabledReason?: string | undefined;
  /** As far back as sessions are kept. */
  readonly lastLoginAt?: Instant | undefined;
}

/** Of a disability only while it lasts. */
export function recordOf(user: User, now: Instant): UserRecord {
  const { id, username, email, emailVerifiedAt, createdAt, deletedAt, disabledAt, disabledUntil, disabledReason } =
    user;
  const status = statusOf(user, now);
  return {
    id,
    username,
    email,
    emailVerified: emailVerifiedAt !== undefined,
    status,
    createdAt,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(status === 'disabled' && disabledAt !== undefined ? { disabledAt, disabledUntil, disabledReason } : {}),
  };
}
