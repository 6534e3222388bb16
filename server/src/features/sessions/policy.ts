import type { Instant } from '../../kernel/clock.ts';
import type { RefreshToken, TokenHash } from './refresh-token.ts';

/** What rotation needs to know of a session. */
export interface SessionState {
  readonly generation: number;
  readonly tokenHash: TokenHash;
  readonly rotatedAt: Instant;
  readonly expiresAt: Instant;
  readonly idleExpiresAt: Instant;
  readonly endedAt: Instant | undefined;
}

/**
 * What a refresh token means that could not be rotated:
 * - `repeat`: the immediate parent within the grace; the answer is the same successor again
 * - `theft`: the parent after the grace, or an older one: two parties hold the chain
 * - `over`: the session has ended, expired, or idled away
 * - `foreign`: ours by its tag, but not of this chain as the database knows it (a restored backup)
 */
export type Verdict = 'repeat' | 'theft' | 'over' | 'foreign';

/**
 * Judges a token whose conditional update changed no row (RFC 9700 §4.14.2).
 *
 * @param successor of `presented`
 */
export function judgeUnrotated(
  session: SessionState | undefined,
  presented: RefreshToken,
  successor: RefreshToken,
  now: Instant,
  graceMs: number,
): Verdict {
  if (session === undefined || session.endedAt !== undefined) return 'over';
  if (now >= session.expiresAt || now >= session.idleExpiresAt) return 'over';
  if (presented.generation >= session.generation) return 'foreign';
  const isParent = session.generation === successor.generation && session.tokenHash === successor.hash;
  // Never negative: with no grace a clock that has stepped back, or another node's that is behind, must not make one.
  const sinceRotation = Math.max(0, now - session.rotatedAt);
  return isParent && sinceRotation < graceMs ? 'repeat' : 'theft';
}
