import type { Instant } from '../../kernel/clock.ts';

export interface SetupTokensTables {
  setup_tokens: { token_hash: string; expires_at: Instant; used_at: Instant | null };
}
