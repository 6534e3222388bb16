/** An instant: integer milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** An instant as people and other programs read it, in UTC (RFC 3339): `2026-07-01T12:00:00.000Z`. */
export function iso(instant: Instant): string {
  const whole = Math.trunc(instant);
  const day = Math.floor(whole / dayMs);
  const time = whole - day * dayMs;
  const seconds = Math.floor(time / 1_000);
  const [hour, minute] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return `${dateOf(day)}T${two(hour)}:${two(minute)}:${two(seconds % 60)}.${three(time % 1_000)}Z`;
}

/** The same where there may be none, in JSON. */
export const isoOrNull = (instant: Instant | undefined): string | null => (instant === undefined ? null : iso(instant));

const dayMs = 86_400_000;
/** A `Date` and its text cost more than all else of an answer's JSON, and instants of the same day share one. */
const dates = new Map<number, string>();
const maxDates = 4_096;

/** @param day counted from 1970-01-01 @throws RangeError for one that no `Date` can be */
function dateOf(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * dayMs).toISOString().slice(0, -'T00:00:00.000Z'.length);
  if (dates.size === maxDates) dates.clear();
  dates.set(day, date);
  return date;
}

const two = (number: number): string => (number < 10 ? `0${number}` : `${number}`);
const three = (number: number): string => (number < 100 ? `0${two(number)}` : `${number}`);

/** The port through which all code learns the time, so that tests can set it. */
export interface Clock {
  now(): Instant;
}
