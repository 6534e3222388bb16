import type { Instant } from '../../kernel/clock.ts';

export interface ApiKeysTables {
  api_keys: {
    id: string;
    user_id: number;
    key_hash: string;
    name: string;
    description: string;
    created_at: Instant;
    expires_at: Instant | null;
    revoked_at: Instant | null;
    last_used_at: Instant | null;
  };
  api_key_permissions: { api_key_id: string; permission: string };
}
