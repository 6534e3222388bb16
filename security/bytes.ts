import { exchange } from './wire.ts';

/** The answer to a request, byte by byte, with what must differ from answer to answer covered: its length stays. */
export const covered = (answer: string): string =>
  answer
    .replace(/(\r\ndate: )([^\r]+)/i, (_, name, value) => name + 'D'.repeat(value.length))
    .replace(/(\r\nretry-after: )(\d+)/i, (_, name, value) => name + '9'.repeat(value.length))
    .replace(/urn:uuid:[0-9a-f-]{36}/g, `urn:uuid:${'u'.repeat(36)}`);

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Sends a request on a connection of its own. @returns the covered answer, line breaks and all */
export async function answerTo(url: string, { method, path, headers, body = '' }: RawRequest): Promise<string> {
  const length = method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: auth.example.com', 'Connection: close', ...length];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  // The server closes the connection when it has answered; hashing may take a while on a busy machine.
  const { text } = await exchange(url, `${lines.join('\r\n')}\r\n\r\n${body}`, 10_000);
  return covered(text);
}

/** Where two answers part; undefined: nowhere. */
export function firstDifference(one: string, other: string): string | undefined {
  if (one === other) return undefined;
  let at = 0;
  while (one[at] === other[at]) at += 1;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
  return `they part at byte ${at}: ${around(one)} and ${around(other)}`;
}
