import { BlockList, isIP } from 'node:net';
import { SettingError } from './setting.ts';

/** Whose `X-Forwarded-*` headers count: nobody's, those of the nearest `hops` proxies, or those from `cidrs`. */
export type TrustProxy =
  | { readonly kind: 'off' }
  | { readonly kind: 'hops'; readonly hops: number }
  | { readonly kind: 'addresses'; readonly cidrs: readonly string[] };

/** More proxies in a row than anyone runs; a larger number is a slip. */
const maxHops = 16;

/**
 * `off`, a number of proxies, or addresses and CIDR ranges parted by commas.
 * Trusting everyone is refused: any client could then choose its own address and escape every limit that counts by it.
 */
export function trustProxy(text: string): TrustProxy {
  const trimmed = text.trim().toLowerCase();
  if (['off', 'false', 'no', '0'].includes(trimmed)) return { kind: 'off' };
  if (['on', 'true', 'yes', '*', 'all'].includes(trimmed)) {
    throw new SettingError('must say whom to trust: trusting everyone lets any client forge its address');
  }
  if (/^\d+$/.test(trimmed)) return { kind: 'hops', hops: hopsOf(trimmed) };
  return { kind: 'addresses', cidrs: trimmed.split(',').map((entry) => cidrOf(entry.trim())) };
}

function hopsOf(digits: string): number {
  const hops = Number(digits);
  if (hops === 0 || hops > maxHops) throw new SettingError(`must be at most ${maxHops} where it counts proxies`);
  return hops;
}

function cidrOf(entry: string): string {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  const width = family === 6 ? 128 : 32;
  if (
    family === 0 ||
    rest.length > 0 ||
    (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) ||
    Number(prefix ?? 1) > width
  ) {
    throw new SettingError(
      'must be off, a number of proxies, or addresses and ranges such as 10.0.0.0/8 parted by commas',
    );
  }
  if (prefix !== undefined && (Number(prefix) === 0 || isAllOfIpv4(address, Number(prefix)))) {
    throw new SettingError('must not name a range of all addresses: any client could forge its own');
  }
  return prefix === undefined ? address : `${address}/${Number(prefix)}`;
}

/** `::ffff:0:0/96` and wider are every IPv4 address in the clothes of IPv6. */
const isAllOfIpv4 = (address: string, prefix: number): boolean => {
  const mapped = new BlockList();
  mapped.addSubnet('::ffff:0:0', 96, 'ipv6');
  return prefix <= 96 && isIP(address) === 6 && mapped.check(address, 'ipv6');
};
