/** An instant: integer milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/**
 * An instant as people and other programs read it, in UTC (RFC 3339): `2026-07-01T12:00:00.000Z`. Put together here, because
 * `toISOString` formats it four times as slowly, which shows in an answer that does little else.
 */
export function iso(instant: Instant): string {
  const date = new Date(instant);
  const year = date.getUTCFullYear();
  // Those need padding or a sign.
  if (!(year >= 1_000 && year <= 9_999)) return date.toISOString();
  const day = `${year}-${twoDigits[date.getUTCMonth() + 1]}-${twoDigits[date.getUTCDate()]}`;
  const minute = `${twoDigits[date.getUTCHours()]}:${twoDigits[date.getUTCMinutes()]}`;
  return `${day}T${minute}:${twoDigits[date.getUTCSeconds()]}.${threeDigits(date.getUTCMilliseconds())}Z`;
}

/** The same where there may be none, in JSON. */
export const isoOrNull = (instant: Instant | undefined): string | null => (instant === undefined ? null : iso(instant));

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

const threeDigits = (number: number): string => String(number).padStart(3, '0');

/** The port through which all code learns the time, so that tests can set it. */
export interface Clock {
  now(): Instant;
}
