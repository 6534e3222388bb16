import type { FieldError, Refusal, RefusalKind } from '../kernel/errors.ts';

/** The one table from the kind of a refusal to its status (RFC 9110 §15.5, RFC 6585 §4). */
export const statusOfKind: Readonly<Record<RefusalKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  method: 405,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  'headers-too-large': 431,
  'media-type': 415,
  invalid: 422,
  throttled: 429,
  unavailable: 503,
};

/** One fault: in the body (`pointer`, RFC 6901) or in the address (`parameter`). */
export type ProblemError = FieldError | { readonly parameter: string; readonly detail: string };

/** A refusal on its way out, before a dialect (this one, or `oauth-error.ts`) gives it its form. */
export interface Refused {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly errors?: readonly ProblemError[];
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for the fault that nobody foresaw. */
  readonly refusal: Refusal | undefined;
}

/** RFC 9457 §3. `detail` is always a text: it is what a FastAPI client reads. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** `urn:uuid:<request id>`: the id under which the log speaks of this request. */
  readonly instance: string;
  readonly errors?: readonly ProblemError[];
}

/** An answer that is ready to be sent; `body` is JSON. */
export interface RefusalAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const instanceOf = (requestId: string): string => `urn:uuid:${requestId}`;

/** The problem for a refusal, without the headers that go with it. */
export function problemOf(refused: Refused, requestId: string): Problem {
  return {
    type: `/problems/${refused.code}`,
    title: refused.title,
    status: refused.status,
    detail: refused.detail,
    code: refused.code,
    instance: instanceOf(requestId),
    ...(refused.errors === undefined ? {} : { errors: refused.errors }),
  };
}

/** The whole answer in the dialect of RFC 9457. */
export function problemAnswer(refused: Refused, requestId: string): RefusalAnswer {
  return {
    status: refused.status,
    contentType: 'application/problem+json',
    headers: refused.headers,
    body: JSON.stringify(problemOf(refused, requestId)),
  };
}
