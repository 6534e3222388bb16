import type { Instant } from '../../kernel/clock.ts';

export interface KeysTables {
  signing_keys: {
    kid: string;
    algorithm: string;
    public_jwk: string;
    sealed_private_key: string;
    created_at: Instant;
    /** Null for a key of a release that knew no rotation: it signs from its making on. */
    signs_from: Instant | null;
    retired_at: Instant | null;
    revoked_at: Instant | null;
  };
}
