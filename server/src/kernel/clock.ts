/** An instant: integer milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** An instant as people and other programs read it, in UTC (RFC 3339): `2026-07-01T12:00:00.000Z`. */
export const iso = (instant: Instant): string => new Date(instant).toISOString();

/** The same where there may be none, in JSON. */
export const isoOrNull = (instant: Instant | undefined): string | null => (instant === undefined ? null : iso(instant));

/** The port through which all code learns the time, so that tests can set it. */
export interface Clock {
  now(): Instant;
}
