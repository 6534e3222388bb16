import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { UserRecord } from './user-record.ts';

const iso = (instant: Instant | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString();

/** What may be seen of a user, as the API words it; what is not there stays out. */
export const userRecordReply = (id: UserId, record: Partial<UserRecord>) => ({
  id,
  ...present({
    username: record.username,
    email: record.email,
    email_verified: record.emailVerified,
    status: record.status,
    created_at: iso(record.createdAt),
    deleted_at: iso(record.deletedAt),
    disabled_at: iso(record.disabledAt),
    disabled_until: iso(record.disabledUntil),
    disabled_reason: record.disabledReason,
    last_login_at: iso(record.lastLoginAt),
  }),
});

type Present<T> = { [Field in keyof T]?: Exclude<T[Field], undefined> };

const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
