import type { Instant } from '../../kernel/clock.ts';

/** How long a node has a mail that it has claimed: longer than sending takes at most, so that only one that has died lets it go. */
export const leaseMs = 90_000;

const firstPauseMs = 10_000;
const longestPauseMs = 3_600_000;

/**
 * When a mail is tried for the last time: so long before its links die that whoever reads it can still use them. A minute, or a tenth of
 * its life where that is shorter.
 */
export const lastTryAt = ({
  createdAt,
  expiresAt,
}: {
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}): Instant => expiresAt - Math.min(60_000, Math.floor((expiresAt - createdAt) / 10));

/**
 * How long to wait after so many failed attempts: 10 seconds, doubling, to an hour; of that the second half by chance, so that what failed
 * together does not come back together.
 *
 * @param failures one at least; a server that was away is none of them
 * @param chance at least 0, less than 1
 */
export function backOffMs(failures: number, chance: number): number {
  const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
  return Math.floor(whole / 2 + (whole / 2) * chance);
}

/**
 * After so many failures a server that refuses a receiver by its policy is believed: some four hours, in which an operator mends what keeps the
 * relay from taking anything. Anybody may have us send to an address, and relays count what they have to refuse.
 */
export const mostFailuresByPolicy = 12;

const firstRestMs = 1_000;
const longestRestMs = 60_000;

/** How long a node leaves a mail server alone that was away so many times in a row. */
export const restMs = (failures: number): number => Math.min(longestRestMs, firstRestMs * 2 ** (failures - 1));

const longestReason = 300;

/**
 * Why an attempt failed, as it may be kept and shown. A server may repeat what it did not like: links, tokens and codes are
 * taken out, and addresses, since the log has none.
 */
export function harmlessReason(text: string): string {
  return text
    .replace(/https?:\/\/\S+/gi, '[link]')
    .replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '[address]')
    .replace(/[\w+/=-]{20,}/g, '[…]')
    .replace(/\d{6,}/g, '[…]')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, longestReason);
}
