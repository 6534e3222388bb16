import { BlockList, isIP } from 'node:net';
import type { ServerValues } from '../config/server.ts';
import type { TrustProxy } from '../config/trust-proxy.ts';
import { sourceOf } from '../features/throttle/index.ts';
import type { ConnectionLimits } from '../http/connections.ts';

/** Of all connections, what one source may have: it takes ten enemies to fill a server, and no office of honest people comes near. */
const shareOfSource = 0.1;

/** How many connections may be open, and how many from one source. Proxies speak for many, and see to their own clients. */
export function connectionLimits({
  maxConnections,
  trustProxy,
}: Pick<ServerValues, 'maxConnections' | 'trustProxy'>): ConnectionLimits {
  const isProxy = proxyTest(trustProxy);
  return {
    max: maxConnections,
    maxPerSource: Math.floor(maxConnections * shareOfSource),
    sourceOf: (address) => (isProxy(address) ? undefined : sourceOf(address)),
  };
}

/** Whether an address may be a proxy's. Where proxies are only counted, any may; where there are none, this machine needs no limit. */
function proxyTest(trust: TrustProxy): (address: string) => boolean {
  if (trust.kind === 'hops') return () => true;
  const known = new BlockList();
  for (const cidr of trust.kind === 'addresses' ? trust.cidrs : ['127.0.0.0/8', '::1']) {
    const [address = '', prefix] = cidr.split('/');
    const widest = familyOf(address) === 'ipv6' ? 128 : 32;
    known.addSubnet(address, prefix === undefined ? widest : Number(prefix), familyOf(address));
  }
  return (address) => isIP(address) !== 0 && known.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
