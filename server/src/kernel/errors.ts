/**
 * What kind of refusal it is, in words of the domain. `http/problem.ts` holds the one table that turns a kind into a status.
 *
 * - `malformed`: cannot be read at all (broken JSON); `invalid`: read, but against the rules
 * - `unavailable`: right, but not now; `throttled`: right, but too often
 */
export type RefusalKind =
  | 'malformed'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'method'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'headers-too-large'
  | 'media-type'
  | 'throttled'
  | 'unavailable';

/** One field that is at fault: a JSON pointer (RFC 6901) into the request body and what is wrong there. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** What may accompany a refusal besides its code. */
export interface RefusalExtras {
  /** Replaces the standing detail. Must not carry a secret or anything internal. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Seconds until a retry makes sense: becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** For the log alone; never leaves the server. */
  readonly cause?: unknown;
}

/** A refusal as its feature declares it: a stable code, a kind, what is said, and what the reader can do about it. */
export interface Refusal {
  readonly code: string;
  readonly kind: RefusalKind;
  readonly title: string;
  readonly detail: string;
  /** What to do about it: the text of `docs/problems/<code>.md`. */
  readonly advice: string;
  /** Makes the error: `throw invalidCredentials()`. */
  (extras?: RefusalExtras): DomainError;
}

/** A refusal that happened. Knows nothing of HTTP. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly refusal: Refusal;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(refusal: Refusal, extras: RefusalExtras = {}) {
    super(extras.detail ?? refusal.detail, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.refusal = refusal;
    this.errors = extras.errors;
    this.retryAfterSeconds = extras.retryAfterSeconds;
  }
}

/**
 * Declares a refusal.
 *
 * @param code stable, kebab-case, never renamed: clients switch on it
 * @param detail one sentence that every client may show
 * @param advice what the reader can do; published as the problem's page
 */
export function refusal(code: string, kind: RefusalKind, detail: string, advice: string): Refusal {
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');
  const make = (extras?: RefusalExtras): DomainError => new DomainError(declared, extras);
  const declared: Refusal = Object.assign(make, { code, kind, title, detail, advice });
  return declared;
}
