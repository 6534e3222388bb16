/** The two times that a verifier needs, so that tests can set them. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z: what `exp` and `nbf` are compared with. May be set back and forth. */
  now(): number;
  /** Milliseconds since some beginning, never running back: what the age of knowledge is measured with. */
  elapsed(): number;
}

/** Waiting, so that tests need not. */
export interface Timers {
  /** Calls `work` once after `ms` milliseconds, unless the function that it returns was called before. */
  after(ms: number, work: () => void): () => void;
}

/** What the verifier has of the world outside: four ports, each of which a test can replace. */
export interface Ports {
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 up to, but without, 1: the jitter of reconnects. No secret depends on it. */
  readonly random: () => number;
  readonly fetch: typeof fetch;
}
