import type { Instant } from '../../kernel/clock.ts';

export interface PasswordsTables {
  passwords: { user_id: number; hash: string; changed_at: Instant };
}
