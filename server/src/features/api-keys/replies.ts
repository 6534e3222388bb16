import { iso, isoOrNull } from '../../kernel/clock.ts';
import type { ApiKey } from './api-key.ts';

export const apiKeyReply = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  description: key.description,
  permissions: [...key.permissions],
  created_at: iso(key.createdAt),
  expires_at: isoOrNull(key.expiresAt),
  last_used_at: isoOrNull(key.lastUsedAt),
});
