import type { Generated } from 'kysely';
import type { Instant } from '../../kernel/clock.ts';
import type { Purpose } from '../../kernel/purpose.ts';

export interface OneTimeTokensTables {
  one_time_tokens: {
    id: Generated<number>;
    purpose: Purpose;
    user_id: number | null;
    email: string;
    email_key: string;
    token_hash: string;
    code_hash: string | null;
    session_id: string | null;
    code_tries: number;
    created_at: Instant;
    expires_at: Instant;
    used_at: Instant | null;
  };
}
