import type { ActiveApiKey } from '../api-keys/index.ts';
import type { ActiveToken } from '../sessions/index.ts';

/**
 * A token's state as RFC 7662 §2.2 words it; of an inactive one nothing but that.
 *
 * A refresh token is told apart by its `token_type`, and has no `aud`, `roles` or `permissions`: a resource server that takes it for an
 * access token by mistake finds nothing that would let its bearer in. An API key has `permissions` and no `roles`, since it never does
 * all that a role allows, and no `exp` when it never expires.
 */
export function introspectionReply(token: ActiveToken | ActiveApiKey | undefined, issuer: string) {
  if (token === undefined) return { active: false };
  const { id, username } = token.user;
  const common = { active: true, username, sub: String(id), iss: issuer };
  if (token.kind === 'refresh') {
    const exp = Math.floor(token.expiresAt / 1_000);
    return { ...common, token_type: 'refresh_token' as const, exp, sid: token.sessionId };
  }
  if (token.kind === 'api-key') {
    const { id: jti, permissions, createdAt, expiresAt } = token;
    const exp = expiresAt === undefined ? {} : { exp: Math.floor(expiresAt / 1_000) };
    const claims = { aud: issuer, iat: Math.floor(createdAt / 1_000), ...exp, jti, permissions: [...permissions] };
    return { ...common, token_type: 'api_key' as const, ...claims };
  }
  const { client_id, aud, iat, exp, jti, sid } = token.payload;
  const { roles, permissions } = token;
  const claims = { client_id, aud, iat, exp, jti, sid, roles: [...roles], permissions: [...permissions] };
  return { ...common, token_type: 'Bearer' as const, ...claims };
}
