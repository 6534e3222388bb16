import { type Instant, iso } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { UserRecord } from './user-record.ts';

const isoIfAny = (instant: Instant | undefined): string | undefined =>
  instant === undefined ? undefined : iso(instant);

/** What may be seen of a user, as the API words it; what is not there stays out. */
export const userRecordReply = (id: UserId, record: Partial<UserRecord>) => ({
  id,
  ...present({
    username: record.username,
    email: record.email,
    email_verified: record.emailVerified,
    status: record.status,
    created_at: isoIfAny(record.createdAt),
    deleted_at: isoIfAny(record.deletedAt),
    disabled_at: isoIfAny(record.disabledAt),
    disabled_until: isoIfAny(record.disabledUntil),
    disabled_reason: record.disabledReason,
    last_login_at: isoIfAny(record.lastLoginAt),
  }),
});

type Present<T> = { [Field in keyof T]?: Exclude<T[Field], undefined> };

const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
