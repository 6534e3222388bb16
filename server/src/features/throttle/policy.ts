import { isIPv6 } from 'node:net';

/** How a counter slows down: so many attempts are free, then each costs a wait that doubles from the first to the longest. */
export interface Pace {
  readonly freeAttempts: number;
  readonly firstWaitSeconds: number;
  readonly longestWaitSeconds: number;
}

/** What is counted together. The name keeps counters of different kinds apart. */
export interface Counter {
  readonly kind: keyof typeof paces;
  readonly of: readonly string[];
}

/**
 * The paces. There is no counter for an account alone: whoever knows an address could then keep its owner out, and nobody's waiting is
 * permanent (OWASP Authentication, "Account Lockout"; NIST SP 800-63B-4 §3.2.2).
 */
export const paces = {
  /** One account from one source: a person mistypes a few times, a guesser does not stop. */
  'login-account-source': { freeAttempts: 10, firstWaitSeconds: 30, longestWaitSeconds: 3_600 },
  /** One source over all accounts: spraying. Offices share an address, so it starts late. */
  'login-source': { freeAttempts: 100, firstWaitSeconds: 30, longestWaitSeconds: 3_600 },
  /**
   * The current password, asked for by one session: whoever holds a stolen access token guesses from as many sources as they like.
   * By session, so that the owner's other sessions are not kept from changing the password.
   */
  'password-session': { freeAttempts: 10, firstWaitSeconds: 30, longestWaitSeconds: 3_600 },
  /** Accounts made from one source. */
  'sign-up-source': { freeAttempts: 60, firstWaitSeconds: 30, longestWaitSeconds: 3_600 },
} as const satisfies Record<string, Pace>;

/** The counters of everything that tells whether a password is right, so that a guesser gets no more attempts by asking elsewhere. */
export interface PasswordCounters {
  readonly own: Counter;
  readonly source: Counter;
}

/** @param name folded, so that all its spellings share a counter; what was asked for, so that no counter tells who exists */
export function passwordCounters(name: string, ip: string): PasswordCounters {
  const source = sourceOf(ip);
  return {
    own: { kind: 'login-account-source', of: [name, source] },
    source: { kind: 'login-source', of: [source] },
  };
}

/** A counter that nobody used for so long starts anew. */
export const forgetAfterMs = 86_400_000;

/** Seconds to wait after the attempt with this number (from 1) before the next may come; 0 while attempts are free. */
export function waitSeconds(attempts: number, { freeAttempts, firstWaitSeconds, longestWaitSeconds }: Pace): number {
  const beyond = attempts - freeAttempts;
  return beyond < 0 ? 0 : Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(beyond, 30));
}

/** The source that an address stands for: IPv4 by itself, IPv6 by its /64, which one subscriber has whole (RFC 6177 §2). */
export function sourceOf(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
}
