/** An instant: integer milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** The port through which all code learns the time, so that tests can set it. */
export interface Clock {
  now(): Instant;
}
