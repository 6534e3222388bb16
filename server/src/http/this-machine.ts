import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../config/parsers.ts';

/** What proxies add: then it is not the peer who asks. */
const relayed = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

/**
 * Whether a request comes from this machine, whatever it says of itself: by the address of its socket, never by a header. A page elsewhere
 * whose name was made to lead here gives itself away by `Host` (DNS rebinding), one that calls across by `Origin`, and a proxy on this
 * machine, which speaks for others, by what it adds.
 */
export function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  const isLocalPeer = isLoopback(peer.includes(':') ? `[${peer}]` : peer);
  const asked = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '';
  return (
    isLocalPeer && isLoopback(asked) && headers.origin === undefined && relayed.every((it) => headers[it] === undefined)
  );
}
