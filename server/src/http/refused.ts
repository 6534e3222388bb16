import { DomainError, type Refusal } from '../kernel/errors.ts';
import { validationFailed } from '../kernel/invalid.ts';
import { type Challenge, challengeFor } from './challenge.ts';
import { type ProblemError, type Refused, statusOfKind } from './problem.ts';
import { bodyTooLarge, malformedRequest, malformedUrl, unsupportedMediaType } from './refusals.ts';
import { isValidationError, problemErrors } from './validation.ts';

/** What is said of a fault that nobody foresaw: always the same, because the truth may be internal. */
const unexpected: Refused = {
  code: 'internal-error',
  title: 'Internal error',
  detail: 'Something went wrong on our side. The `instance` names this failure in the log.',
  status: 500,
  headers: { 'cache-control': 'no-store' },
  refusal: undefined,
};

/** What Fastify calls the faults of a request, in our words. */
const frameworkFaults: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: bodyTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupportedMediaType,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: malformedRequest,
  FST_ERR_BAD_URL: malformedUrl,
  FST_ERR_MAX_PARAM_LENGTH: malformedUrl,
};

/**
 * What to answer when `error` was thrown. Only a `DomainError` speaks for itself; of every other error nothing but its kind leaves.
 *
 * @param challenge what the route knows that a `WWW-Authenticate` header needs
 */
export function refusedFrom(error: unknown, challenge: Challenge): Refused {
  if (error instanceof DomainError) return fromDomain(error, challenge);
  if (isValidationError(error)) return fromRefusal(validationFailed, { errors: problemErrors(error) });
  const fault = frameworkFaultOf(error);
  return fault === undefined ? unexpected : fromRefusal(fault);
}

/** The same for a refusal that carries nothing of its own. */
export function fromRefusal(
  refusal: Refusal,
  more: { readonly errors?: readonly ProblemError[]; readonly headers?: Readonly<Record<string, string>> } = {},
): Refused {
  return {
    code: refusal.code,
    title: refusal.title,
    detail: refusal.detail,
    status: statusOfKind[refusal.kind],
    headers: { 'cache-control': 'no-store', ...more.headers },
    refusal,
    ...(more.errors === undefined ? {} : { errors: more.errors }),
  };
}

function fromDomain(error: DomainError, challenge: Challenge): Refused {
  const { refusal, errors, retryAfterSeconds } = error;
  const status = statusOfKind[refusal.kind];
  const headers: Record<string, string> = {};
  const authenticate = challengeFor(error, challenge);
  if (authenticate !== undefined) headers['www-authenticate'] = authenticate;
  // RFC 9110 §10.2.3: a whole number of seconds. A refusal that does not know says one: soon, but not at once.
  if (status === 429 || status === 503) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterSeconds ?? 1)));
  return { ...fromRefusal(refusal, { headers, ...(errors === undefined ? {} : { errors }) }), detail: error.message };
}

function frameworkFaultOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' && Object.hasOwn(frameworkFaults, code) ? frameworkFaults[code] : undefined;
  if (known !== undefined) return known;
  // A body that broke off, and whatever else Fastify blames on the client.
  const blamed = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return blamed ? malformedRequest : undefined;
}
