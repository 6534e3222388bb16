import { isIPv6 } from 'node:net';
import type { paces } from './paces.ts';

/** What is counted together. The kind keeps counters apart. */
export interface Counter {
  readonly kind: keyof typeof paces;
  readonly of: readonly (string | number)[];
  /** Counts also while it is blocked, and refuses nobody. */
  readonly takesNote?: true;
}

/** The strangers' counters of a login, always in this order, so that no two logins wait for each other in a ring. */
export function strangersCounters(attempt: {
  /** Folded, so that all its spellings share a counter. */
  readonly name: string;
  /** The user's id, where there is one. */
  readonly account: number | undefined;
  readonly ip: string;
}): readonly Counter[] {
  const source = sourceOf(attempt.ip);
  return [
    { kind: 'own', of: [attempt.name, source] },
    { kind: 'name', of: [attempt.name] },
    // Of nobody's name as well, so that nobody costs the same work as somebody.
    { kind: 'account', of: attempt.account === undefined ? ['name', attempt.name] : ['id', attempt.account] },
    { kind: 'source', of: [source] },
  ];
}

/**
 * Those of asking for the current password: of a login from there too, so that a stolen access token buys no more attempts. Those of all
 * sources only take note: strangers must not keep the owner from changing it, but what is guessed here they cannot guess there.
 */
export function currentPasswordCounters(asker: {
  readonly name: string;
  readonly account: number;
  readonly session: string;
  readonly ip: string;
}): readonly Counter[] {
  return [{ kind: 'session', of: [asker.session] }, ...takingNote(strangersCounters(asker), ['name', 'account'])];
}

/**
 * Those of the logins from there of somebody who has proven by a mail who they are. To be forgiven, and never charged: what they got wrong is
 * taken back, and what others have blocked stays blocked. Else who besieges a name would see it open, and know that it has an account.
 */
export const countersOfProven = (proven: { name: string; account: number; ip: string }): readonly Counter[] =>
  takingNote(strangersCounters(proven), ['name', 'account', 'source']);

const takingNote = (counters: readonly Counter[], kinds: readonly Counter['kind'][]): Counter[] =>
  counters.map((it) => (kinds.includes(it.kind) ? { ...it, takesNote: true } : it));

/** The source that an address stands for: IPv4 by itself, IPv6 by its /64, which one subscriber has whole (RFC 6177 §2). */
export function sourceOf(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const groups = groupsOf(plain);
  const [high = '', low = ''] = groups.slice(6);
  // An IPv4 address in hexadecimal (RFC 4291 §2.5.5.2): not all of them are one source.
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return [...octetsOf(high), ...octetsOf(low)].join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

const octetsOf = (group: string) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255];

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
}
