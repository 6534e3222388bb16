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
 * What stays of a user agent when its software is updated: everything but the numbers. A hint, no proof: whoever wants to be taken for
 * another device only has to say so.
 */
export const deviceOf = (userAgent: string): string => userAgent.replace(/\d+(?:[._]\d+)*/g, '#');

/** Whether a session lives and this is its newest token. */
export const isNewest = (session: SessionState, presented: RefreshToken, now: Instant): boolean =>
  isLiving(session, now) && session.generation === presented.generation && session.tokenHash === presented.hash;

/**
 * What a refresh token means that could not be rotated:
 * - `repeat`: the immediate parent within the grace; the answer is the same successor again
 * - `theft`: the parent after the grace, or an older one: two parties hold the chain
 * - `over`: the session has ended, expired, or idled away
 * - `foreign`: ours by its tag, but not of this chain as the database knows it (a restored backup)
 */
export type Verdict = 'repeat' | 'theft' | 'over' | 'foreign';

/** The one of a token's possible successors that the session holds now. */
export function heldSuccessor(
  session: Pick<SessionState, 'generation' | 'tokenHash'>,
  successors: readonly RefreshToken[],
): RefreshToken | undefined {
  return successors.find(({ generation, hash }) => generation === session.generation && hash === session.tokenHash);
}

/** Whether a session has neither ended nor run out. */
export const isLiving = (
  { endedAt, expiresAt, idleExpiresAt }: Pick<SessionState, 'endedAt' | 'expiresAt' | 'idleExpiresAt'>,
  now: Instant,
): boolean => endedAt === undefined && now < expiresAt && now < idleExpiresAt;

/**
 * Judges a token whose conditional update changed no row (RFC 9700 §4.14.2).
 *
 * @param held the successor of `presented` that the session holds, if it does: then `presented` is its immediate parent
 */
export function judgeUnrotated(
  session: SessionState | undefined,
  presented: RefreshToken,
  held: RefreshToken | undefined,
  now: Instant,
  graceMs: number,
): Verdict {
  if (session === undefined || !isLiving(session, now)) return 'over';
  if (presented.generation >= session.generation) return 'foreign';
  // Never negative: with no grace a clock that has stepped back, or another node's that is behind, must not make one.
  const sinceRotation = Math.max(0, now - session.rotatedAt);
  return held !== undefined && sinceRotation < graceMs ? 'repeat' : 'theft';
}
