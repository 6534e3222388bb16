import { request } from 'node:http';

/** A request as it goes over the wire: no header is added but `Host` and `Connection`, and names may repeat. */
export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
}

export interface WireAnswer {
  readonly status: number;
  /** In the order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

/** Sends what `fetch` would not: it adds `Sec-Fetch-Mode` by itself and joins repeated headers. A connection for each request. */
export function send(url: string, { method = 'GET', path, headers = [], body }: WireRequest): Promise<WireAnswer> {
  // Without it Node would announce a body in chunks, be there one or not.
  const length =
    method === 'GET' && body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body ?? ''))];
  const sent = ['Host', new URL(url).host, ...headers.flat(), ...length];
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers: sent, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode = 0, rawHeaders } = incoming;
        resolve({ status: statusCode, headers: pairsOf(rawHeaders), text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The value of a header, whatever the case of its name; undefined when it is not there. */
export function headerOf({ headers }: WireAnswer, name: string): string | undefined {
  return headers.find(([it]) => it.toLowerCase() === name.toLowerCase())?.[1];
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? '', raw[2 * at + 1] ?? '']);
}
