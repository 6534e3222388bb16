import type { Generated } from 'kysely';
import type { Instant } from '../../kernel/clock.ts';

export interface SessionsTables {
  sessions: {
    id: string;
    user_id: number;
    generation: number;
    token_hash: string;
    created_at: Instant;
    rotated_at: Instant;
    expires_at: Instant;
    idle_expires_at: Instant;
    ended_at: Instant | null;
    end_reason: string | null;
    ip: string;
    user_agent: string;
    status_index: number | null;
  };
  status_indexes: { id: Generated<number>; taken_at: Instant };
}
