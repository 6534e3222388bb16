import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RangeServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly { readonly path: string; readonly padding: string | undefined }[];
}

export const sha1Of = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();

/** What Pwned Passwords would write for a password: the digest without its first five signs, and how often it was seen. */
export const lineOf = (password: string, count: number): string => `${sha1Of(password).slice(5)}:${count}`;

/** A server on loopback that answers as `answer` does; text stands for 200. */
export async function startRangeServer(
  answer: string | ((request: IncomingMessage, reply: ServerResponse) => void),
): Promise<RangeServer> {
  const asked: { path: string; padding: string | undefined }[] = [];
  const server = createServer((request, reply) => {
    asked.push({ path: request.url ?? '', padding: request.headers['add-padding']?.toString() });
    if (typeof answer === 'string') reply.end(answer);
    else answer(request, reply);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
