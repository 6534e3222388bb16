import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A relay between a proxy and the server, which counts the connections that the proxy makes. */
export interface Tap extends AsyncDisposable {
  readonly port: number;
  readonly connections: () => number;
}

export async function startTap(serverUrl: string): Promise<Tap> {
  let connections = 0;
  const open = new Set<{ destroy(): void }>();
  const relay = createServer((near) => {
    connections += 1;
    const far = connect(Number(new URL(serverUrl).port), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy()).on('close', () => open.delete(one) && other.destroy());
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    port: (relay.address() as AddressInfo).port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
}
