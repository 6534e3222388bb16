import { apiKeyNotAccepted, insufficientPermission, invalidApiKey, invalidToken } from '../kernel/access.ts';
import { type Refusal, refusal } from '../kernel/errors.ts';
import { validationFailed } from '../kernel/invalid.ts';
import { tooManyAttempts } from '../kernel/too-many-attempts.ts';

export const malformedJson = refusal(
  'malformed-json',
  'malformed',
  'The body is not readable JSON.',
  'Send one JSON value in UTF-8 without a byte order mark; the detail says what is wrong and where. Keys must not repeat.',
);

export const malformedForm = refusal(
  'malformed-form',
  'malformed',
  'The form cannot be read.',
  'Send `name=value` pairs joined by `&`, percent-encoded as UTF-8, each name once (RFC 6749 §3.2).',
);

export const malformedRequest = refusal(
  'malformed-request',
  'malformed',
  'The request is not readable HTTP.',
  'Check what stands between you and the server: a proxy may cut the body or send a wrong Content-Length.',
);

export const malformedUrl = refusal(
  'malformed-url',
  'malformed',
  'The address holds a broken percent-encoding.',
  'Percent-encode the path as UTF-8: every `%` is followed by two hexadecimal digits.',
);

export const unsupportedMediaType = refusal(
  'unsupported-media-type',
  'media-type',
  'This content type is not accepted here.',
  'Set `Content-Type` to what the operation takes: `application/json`, or `application/x-www-form-urlencoded` for forms, in UTF-8.',
);

export const bodyTooLarge = refusal(
  'body-too-large',
  'too-large',
  'The body is too large.',
  'No operation needs more than 64 KiB; send less.',
);

export const headersTooLarge = refusal(
  'headers-too-large',
  'headers-too-large',
  'The address and headers are too large together, or too many.',
  'No more than 16 KiB and 100 headers are read. Mostly it is the cookies of other applications on the same host: remove them.',
);

export const pathNotFound = refusal(
  'path-not-found',
  'missing',
  'There is nothing at this address.',
  'Compare the path with the API reference: case and slashes count.',
);

export const methodNotAllowed = refusal(
  'method-not-allowed',
  'method',
  'This address does not take that method.',
  'Use one of the methods that the `Allow` header names.',
);

export const missingCredentials = refusal(
  'missing-credentials',
  'unauthenticated',
  'An access token is needed.',
  'Sign in and send `Authorization: Bearer <access token>`. Tokens in the address or the body are not read.',
);

export const crossSiteRequest = refusal(
  'cross-site-request',
  'forbidden',
  'This request came from another site.',
  'Call from a page of this server, or of an origin listed in `CORS_ORIGINS`, by script and not by navigation.',
);

/** What only the edge itself may say, at any route and before it. */
export const edgeRefusals: readonly Refusal[] = [
  malformedJson,
  malformedForm,
  malformedRequest,
  malformedUrl,
  unsupportedMediaType,
  bodyTooLarge,
  headersTooLarge,
  validationFailed,
  pathNotFound,
  methodNotAllowed,
  missingCredentials,
  invalidToken,
  invalidApiKey,
  apiKeyNotAccepted,
  tooManyAttempts,
  insufficientPermission,
  crossSiteRequest,
];
