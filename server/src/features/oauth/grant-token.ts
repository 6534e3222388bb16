import type { RequestOrigin } from '../../kernel/origin.ts';
import type { RefreshSession, Tokens } from '../sessions/index.ts';
import type { LogIn } from '../sign-in/index.ts';
import { missingParameter, unsupportedGrantType } from './errors.ts';

/** The parameters of RFC 6749 §4.3.2 and §6, as they came. */
export interface TokenRequest {
  readonly grant_type?: string;
  readonly username?: string;
  readonly password?: string;
  readonly refresh_token?: string;
}

/** @throws missingParameter, unsupportedGrantType, and what logging in and refreshing throw */
export type GrantToken = (
  request: TokenRequest,
  options: { origin: RequestOrigin; clientId: string; device?: string | undefined },
) => Promise<Tokens>;

/** The token endpoint's two grants: the same use cases as `/login` and `/refresh-access-token`, in OAuth's words. */
export function createGrantToken(deps: { logIn: LogIn; refreshSession: RefreshSession }): GrantToken {
  const { logIn, refreshSession } = deps;
  return async (request, options) => {
    switch (required(request, 'grant_type')) {
      case 'password': {
        const name = required(request, 'username');
        return logIn({ name, byUsername: true, password: required(request, 'password'), ...options });
      }
      case 'refresh_token':
        return refreshSession(required(request, 'refresh_token'), options);
      default:
        throw unsupportedGrantType();
    }
  };
}

function required(request: TokenRequest, parameter: keyof TokenRequest): string {
  const value = request[parameter];
  if (value === undefined) throw missingParameter({ detail: `The parameter ${parameter} is missing.` });
  return value;
}
