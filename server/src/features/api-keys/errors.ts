import { refusal } from '../../kernel/errors.ts';

export const apiKeyNotFound = refusal(
  'api-key-not-found',
  'missing',
  'You have no API key with this id.',
  'List your keys with `GET /api-keys`. A key that was revoked is gone for good.',
);

export const tooManyApiKeys = refusal(
  'too-many-api-keys',
  'conflict',
  'This user has as many API keys as one may have.',
  'Revoke a key that is not needed any more: `last_used_at` says when each was used. The operator sets the number (`API_KEYS_PER_USER`).',
);
