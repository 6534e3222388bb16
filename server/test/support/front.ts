import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy as operators put it before the server: under an address of its own, and under a path that it takes off. */
export interface Front extends AsyncDisposable {
  /** What `PUBLIC_URL` is to be. */
  readonly issuer: string;
  /** The paths that were asked for, as clients asked. */
  readonly asked: readonly string[];
  /** To be called before the first request. */
  leadTo(serverUrl: string): void;
}

/** @param path of the issuer: empty, or with a slash before and none behind. What stands beside it is passed on as it is. */
export async function startFront(path: string): Promise<Front> {
  const asked: string[] = [];
  let target = '';
  const pass = (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url = '/' } = incoming;
    asked.push(url);
    const inner = path !== '' && url.startsWith(`${path}/`) ? url.slice(path.length) : url;
    const outgoing = request(
      `${target}${inner}`,
      { ...(method === undefined ? {} : { method }), headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  };
  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    issuer: `http://127.0.0.1:${port}${path}`,
    asked,
    leadTo: (url) => {
      target = url;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
