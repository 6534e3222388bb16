import { DomainError, refusal } from './errors.ts';
import type { Permission } from './principal.ts';

export const invalidToken = refusal(
  'invalid-token',
  'unauthenticated',
  'The access token is not valid.',
  'It is broken, expired, or its session has ended: refresh it, or sign in again.',
);

export const invalidApiKey = refusal(
  'invalid-api-key',
  'unauthenticated',
  'The API key is not valid.',
  'It is mistyped, unknown, revoked or expired, or its owner is disabled or gone. Its owner finds their keys with `GET /api-keys`, and makes another with `POST /api-keys`.',
);

export const apiKeyNotAccepted = refusal(
  'api-key-not-accepted',
  'forbidden',
  'This is for people: API keys are not accepted here.',
  "Sign in and send an access token. API keys pass where a permission guards the operation; never at one's own account, sessions, password and API keys.",
);

export const insufficientPermission = refusal(
  'insufficient-permission',
  'forbidden',
  'You are not allowed to do this.',
  'Ask an administrator for a role that holds the permission named in the `WWW-Authenticate` header.',
);

/** An `insufficient-permission` that knows what was lacking, so that the challenge can name it (RFC 6750 §3.1). */
export class LackingPermission extends DomainError {
  readonly permission: Permission;

  constructor(permission: Permission) {
    super(insufficientPermission);
    this.permission = permission;
  }
}

/** The refusal for a caller without `permission`: `throw lackingPermission('users:delete')`. */
export const lackingPermission = (permission: Permission): DomainError => new LackingPermission(permission);
