import type { RequestOrigin } from '../../kernel/origin.ts';
import type { ApiKeys } from '../api-keys/index.ts';
import type { Sessions } from '../sessions/index.ts';

/**
 * Ends what a token stands for: a session, or an API key. What is no token of ours is passed over (RFC 7009 §2.2).
 *
 * @throws tooManyAttempts for API keys that nobody has
 */
export type Revoke = (token: string, origin: RequestOrigin) => Promise<void>;

export const createRevoke =
  (deps: { sessions: Pick<Sessions, 'revokeToken'>; apiKeys: Pick<ApiKeys, 'isApiKey' | 'revoke'> }): Revoke =>
  (token, origin) =>
    deps.apiKeys.isApiKey(token)
      ? deps.apiKeys.revoke.presented(token, origin)
      : deps.sessions.revokeToken(token, origin);
