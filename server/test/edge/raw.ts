import { connect } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** By name in small letters; repeated ones joined. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Conversation {
  /** Without the interim ones (1xx). */
  readonly answers: readonly RawAnswer[];
  /** What came and is no answer. */
  readonly rest: string;
  readonly closed: boolean;
}

export interface Line {
  readonly port: number;
  /** The address to come from; on loopback any of 127.0.0.0/8. */
  readonly from?: string;
  /** After how many milliseconds of silence to hang up. */
  readonly patienceMs?: number;
  /** Hang up as soon as so many answers have come. */
  readonly upTo?: number;
}

/**
 * Sends bytes as they are over a connection of its own, and reads until the other side closes. Each character is one byte.
 *
 * @param pieces each but the first is sent when one more answer has come
 */
export function converse(
  { port, from, patienceMs = 10_000, upTo }: Line,
  ...pieces: readonly string[]
): Promise<Conversation> {
  const [first = '', ...later] = pieces;
  const isHead = first.startsWith('HEAD ');
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) });
    let text = '';
    let closed = true;
    const giveUp = () => {
      closed = false;
      socket.destroy();
    };
    socket.setTimeout(patienceMs, giveUp);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const { length } = readAnswers(text, isHead).answers;
      if (upTo !== undefined && length >= upTo) giveUp();
      else if (length >= pieces.length - later.length) send(later.shift() ?? '');
    });
    // A reset after the answer is a way to close.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ ...readAnswers(text, isHead), closed }));
    const send = (piece: string) => socket.write(Buffer.from(piece, 'latin1'));
    send(first);
  });
}

/** Takes the bytes of a connection apart. An answer without a length goes on to the end; the first has no body where HEAD was asked. */
function readAnswers(text: string, isHead: boolean): Pick<Conversation, 'answers' | 'rest'> {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const [, status = '', head = ''] = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest) ?? [];
    if (status === '') return { answers, rest };
    const start = rest.indexOf('\r\n\r\n') + 4;
    const headers = headersOf(head);
    const isBare = status < '200' || (isHead && answers.length === 0);
    const end = start + (isBare ? 0 : Number(headers.get('content-length') ?? rest.length - start));
    if (rest.length < end) return { answers, rest };
    if (status >= '200') answers.push({ status: Number(status), headers, body: rest.slice(start, end) });
    rest = rest.slice(end);
  }
}

function headersOf(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n').filter((it) => it !== '')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return headers;
}

/** A whole request with the length of its body. */
export function rawRequest(line: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  return [`${line} HTTP/1.1`, 'Host: auth.example.com', ...headers, ...length, '', body].join('\r\n');
}

const json = 'Content-Type: application/json';

/** A sign-up that would leave a trace in the audit record. */
export function signUpRequest(username: string, headers: readonly string[] = []): string {
  const account = { username, email: `${username}@example.com`, password: 'kestrel over the amber hill' };
  return rawRequest('POST /signup', [json, ...headers], JSON.stringify(account));
}
