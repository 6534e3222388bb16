import { invalidToken, LackingPermission } from '../kernel/access.ts';
import type { DomainError } from '../kernel/errors.ts';
import type { Permission } from '../kernel/principal.ts';
import { missingCredentials } from './refusals.ts';

/** What a route knows that its challenge needs: whether it takes access tokens, and what permission it demands. */
export interface Challenge {
  readonly bearer: boolean;
  readonly permission?: Permission | undefined;
}

const realm = 'Bearer realm="keyward"';

/**
 * The `WWW-Authenticate` header for a refusal, or undefined when none belongs there.
 *
 * RFC 9110 §15.5.2: every 401 carries one. RFC 6750 §3.1: without credentials it names no error; a refused token is
 * `invalid_token`, a lacking permission `insufficient_scope`.
 */
export function challengeFor(error: DomainError, { bearer, permission }: Challenge): string | undefined {
  const { refusal } = error;
  if (refusal.kind === 'unauthenticated') {
    const tokenRefused = refusal === invalidToken || (bearer && refusal !== missingCredentials);
    return tokenRefused ? `${realm}, error="invalid_token", error_description="${quotable(error.message)}"` : realm;
  }
  if (refusal.code !== 'insufficient-permission') return undefined;
  const lacking = error instanceof LackingPermission ? error.permission : permission;
  return `${realm}, error="insufficient_scope"${scope(lacking)}`;
}

/** RFC 6749 §3.3: a scope token holds neither a space nor a quote. A name that does is left out. */
const scope = (permission: Permission | undefined): string =>
  permission !== undefined && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(permission) ? `, scope="${permission}"` : '';

/** A text as RFC 6750 §3 and RFC 6749 §5.2 allow it between quotes: printable ASCII without `"` and `\`. */
export const quotable = (text: string): string => text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
