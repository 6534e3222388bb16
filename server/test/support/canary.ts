import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that nobody should ever call; it remembers who did. */
export interface Canary extends AsyncDisposable {
  readonly url: string;
  /** Method and path of each request. */
  readonly heard: readonly string[];
}

/** @param answer what it gives to whoever calls: what an attacker would want to be believed */
export async function startCanary(answer: object): Promise<Canary> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
