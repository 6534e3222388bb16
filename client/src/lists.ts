import { TokenRefused } from './refused.ts';
import { maxListBytes, type ReadList } from './status-list.ts';

/** A status list as it is known here: what was fetched, and what the feed has told, merged by OR, since bits only go up. */
export interface StatusList {
  readonly uri: string;
  /** Bit i is `bits[i >> 3] >> (i & 7) & 1`; 1 = revoked. */
  bits: Uint8Array;
  /** Bits that the issuer's list has; 0 until it was fetched. */
  size: number;
  /** Up to when it is known by fetches alone. Milliseconds of `elapsed`, as all that follow. */
  provenAt: number;
  /** The feed's connection whose events complete it; 0 = none. */
  epoch: number;
  usedAt: number;
  /** When the next fetch is due, unless the feed makes it needless. */
  dueAt: number;
  failures: number;
  attemptedAt: number;
  flight: Promise<void> | undefined;
  /** Not kept up any more: whoever holds it must ask again. */
  retired: boolean;
}

/** The lists of 16 million sessions; the least recently used goes first. With the bound on each they can never take more than 64 MiB. */
const maxLists = 512;

/** All lists that anybody asked about, or that the feed spoke of, by address. */
export interface Lists {
  /** The list, made empty and not fetched where it is not known. */
  at(uri: string, elapsed: number): StatusList;
  all(): readonly StatusList[];
  retire(list: StatusList, elapsed: number): void;
  /** When a list was retired last: what the feed told of it before is not known any more. */
  retiredAt(): number;
}

export function createLists(): Lists {
  const lists = new Map<string, StatusList>();

  let retiredAt = Number.NEGATIVE_INFINITY;

  const retire = (list: StatusList, elapsed: number): void => {
    retiredAt = elapsed;
    list.retired = true;
    lists.delete(list.uri);
  };

  const makeRoom = (elapsed: number): void => {
    if (lists.size < maxLists) return;
    let oldest: StatusList | undefined;
    for (const list of lists.values()) if (oldest === undefined || list.usedAt < oldest.usedAt) oldest = list;
    if (oldest !== undefined) retire(oldest, elapsed);
  };

  return {
    retire,
    retiredAt: () => retiredAt,
    all: () => [...lists.values()],
    at(uri, elapsed) {
      const known = lists.get(uri);
      if (known !== undefined) return known;
      makeRoom(elapsed);
      const list = emptyList(uri, elapsed);
      lists.set(uri, list);
      return list;
    },
  };
}

const emptyList = (uri: string, elapsed: number): StatusList => ({
  uri,
  bits: new Uint8Array(0),
  size: 0,
  provenAt: Number.NEGATIVE_INFINITY,
  epoch: 0,
  usedAt: elapsed,
  dueAt: elapsed,
  failures: 0,
  attemptedAt: Number.NEGATIVE_INFINITY,
  flight: undefined,
  retired: false,
});

export const isRevoked = ({ bits }: StatusList, idx: number): boolean =>
  (((bits[Math.floor(idx / 8)] ?? 0) >> (idx % 8)) & 1) === 1;

/** @throws TokenRefused `revoked`; `no-status` when the list that the issuer has ends before `idx` (draft-ietf-oauth-status-list §8.3) */
export function refuseRevoked(list: StatusList, idx: number): void {
  if (isRevoked(list, idx)) throw new TokenRefused('revoked');
  if (list.size > 0 && idx >= list.size) throw new TokenRefused('no-status');
}

/** What the feed told. Numbers beyond any list are passed over. */
export function markRevoked(list: StatusList, indexes: readonly number[]): void {
  for (const idx of indexes) {
    const place = Math.floor(idx / 8);
    if (place >= maxListBytes) continue;
    if (place >= list.bits.length) list.bits = grown(list.bits, Math.max(place + 1, 4_096));
    list.bits[place] = (list.bits[place] ?? 0) | (1 << (idx % 8));
  }
}

/** What a fetch brought. */
export function merge(list: StatusList, { bits }: ReadList): void {
  const merged = grown(list.bits, bits.length);
  for (const [place, byte] of bits.entries()) merged[place] = (merged[place] ?? 0) | byte;
  list.bits = merged;
  list.size = bits.length * 8;
}

function grown(bits: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(Math.max(bits.length, length));
  larger.set(bits);
  return larger;
}
