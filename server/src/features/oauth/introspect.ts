import type { ActiveApiKey, ApiKeys } from '../api-keys/index.ts';
import type { ActiveToken, Sessions } from '../sessions/index.ts';

/** What an access token, a refresh token or an API key stands for; `undefined` when it is good for nothing. They differ in form. */
export type Introspect = (token: string) => Promise<ActiveToken | ActiveApiKey | undefined>;

export const createIntrospect =
  (deps: { sessions: Pick<Sessions, 'introspect'>; apiKeys: Pick<ApiKeys, 'isApiKey' | 'introspect'> }): Introspect =>
  (token) =>
    deps.apiKeys.isApiKey(token) ? deps.apiKeys.introspect(token) : deps.sessions.introspect(token);
