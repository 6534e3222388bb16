import type { Instant } from '../../kernel/clock.ts';

export interface ThrottleTables {
  throttle_counters: {
    counter: string;
    attempts: number;
    last_at: Instant;
    blocked_until: Instant;
    /** Null: none. */
    unheard: number | null;
  };
}
