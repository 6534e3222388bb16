import type { Generated, GeneratedAlways } from 'kysely';
import type { Instant } from '../../kernel/clock.ts';

export interface UsersTables {
  users: {
    id: Generated<number>;
    username: string;
    username_key: string | null;
    email: string;
    email_key: string | null;
    created_at: Instant;
    deleted_at: Instant | null;
    disabled_at: Instant | null;
    disabled_until: Instant | null;
    disabled_reason: string | null;
    former_email_key: string | null;
    former_username_key: string | null;
    purged_at: Instant | null;
    email_verified_at: Instant | null;
    locale: string | null;
    waits_since: Instant | null;
    /** 0 active, 1 disabled (perhaps until an instant that is over), 2 deleted, 3 purged. */
    record_state: GeneratedAlways<number>;
    listed_email: GeneratedAlways<string>;
    listed_username: GeneratedAlways<string>;
  };
}
