import { Type } from './schema.ts';

/** Lengths count code points, as JSON Schema does. */
export interface PlainTextRule {
  readonly min?: number;
  readonly max: number;
  readonly description?: string;
}

/**
 * A text of one line without control characters: C0 with NUL, DEL, C1. NUL breaks databases (PostgreSQL refuses it), the others break logs
 * and terminals. The line separators U+2028 and U+2029 and the marks that turn the direction of writing are refused for the same reason.
 */
export const PlainText = ({ min = 1, max, description }: PlainTextRule) =>
  Type.String({
    minLength: min,
    maxLength: max,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]*$',
    'x-hint': 'Must be plain text on one line, without control characters.',
    ...(description === undefined ? {} : { description }),
  });

/** Any text but NUL: for what is only hashed or compared, as passwords. */
export const AnyText = ({ min = 1, max, description }: PlainTextRule) =>
  Type.String({
    minLength: min,
    maxLength: max,
    pattern: '^[^\\u0000]*$',
    'x-hint': 'Must not hold the character NUL.',
    ...(description === undefined ? {} : { description }),
  });

/** An instant as RFC 3339 writes it, with its offset: `Date.parse` reads it. */
export const InstantText = (description: string) =>
  Type.String({
    format: 'date-time',
    maxLength: 35,
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$',
    'x-hint': 'Must be an instant such as 2026-12-31T18:00:00Z.',
    description,
  });

/**
 * A positive integer in a path. It stays a string (nothing is coerced): the handler writes `asUserId(Number(request.params.user_id))`.
 * Fifteen digits are all exact as a number. The documentation shows the integer that it is.
 */
export const PathId = (description = 'A positive integer.') =>
  Type.String({
    pattern: '^[1-9][0-9]{0,14}$',
    'x-hint': 'Must be a positive whole number.',
    'x-documented-as': { type: 'integer', minimum: 1 },
    description,
  });
