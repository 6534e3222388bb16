import type { RequestOrigin } from '../../kernel/origin.ts';
import type { CountMadeUpToken } from '../throttle/index.ts';
import type { AccessTokens } from './access-token.ts';
import type { EndPresented } from './end-presented.ts';
import type { RefreshTokens } from './refresh-token.ts';

/**
 * Ends the session of a token (RFC 7009): a refresh token of any generation, or an access token that has not expired. Every token of
 * the session dies with it, as §2.1 wants it of a grant. What is no token of ours, or of no living session, is passed over (§2.2).
 *
 * The two kinds differ in form, so that no hint is needed and a wrong one misleads nobody (§2.1).
 *
 * @throws tooManyAttempts
 */
export type RevokeToken = (token: string, origin: RequestOrigin) => Promise<void>;

export function createRevokeToken(deps: {
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  endPresented: EndPresented;
  countMadeUpToken: CountMadeUpToken;
}): RevokeToken {
  const { accessTokens, refreshTokens, endPresented, countMadeUpToken } = deps;
  return async (text, origin) => {
    const token = refreshTokens.read(text) ?? (await accessTokens.verify(text));
    if (token === undefined) return countMadeUpToken(origin.ip);
    await endPresented(new Set([token.sessionId]), 'revoked', origin);
  };
}
