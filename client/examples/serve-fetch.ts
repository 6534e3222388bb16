import type { IncomingMessage, ServerResponse } from 'node:http';

/** A Fetch handler on node:http, as far as the examples need it: no request bodies. */
export const serveFetch =
  (handler: (request: Request) => Response | Promise<Response>) =>
  async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const headers = new Headers();
    for (let place = 0; place < incoming.rawHeaders.length; place += 2) {
      headers.append(incoming.rawHeaders[place] ?? '', incoming.rawHeaders[place + 1] ?? '');
    }
    const method = incoming.method ?? 'GET';
    const response = await handler(new Request(`http://localhost${incoming.url}`, { method, headers }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  };
