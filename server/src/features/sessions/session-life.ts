import type { Instant } from '../../kernel/clock.ts';

/** How long sessions live. */
export interface SessionLife {
  readonly graceMs: number;
  /** The absolute end of a session begun at `start`; refreshing never moves it. */
  expiresAt(start: Instant): Instant;
  /** The end unless there is a refresh before; never behind the absolute one. */
  idleExpiresAt(now: Instant, expiresAt: Instant): Instant;
}

export function createSessionLife(settings: {
  refreshTtlSeconds: number;
  idleTtlSeconds: number | undefined;
  graceSeconds: number;
}): SessionLife {
  const { refreshTtlSeconds, idleTtlSeconds, graceSeconds } = settings;
  return {
    graceMs: graceSeconds * 1_000,
    expiresAt: (start) => start + refreshTtlSeconds * 1_000,
    idleExpiresAt: (now, expiresAt) =>
      idleTtlSeconds === undefined ? expiresAt : Math.min(expiresAt, now + idleTtlSeconds * 1_000),
  };
}
