import { headerOf } from '../server/test/support/wire.ts';
import type { Wire, WireAnswer } from './wire.ts';

/** An answer with its body read. */
export interface Answer extends WireAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: an attack says itself what it expects to find.
  readonly body: any;
}

export interface AskOptions {
  /** The address that the proxy in front reports; a new one unless said. */
  readonly from?: string;
  /** An access token. */
  readonly token?: string;
  /** The whole `Cookie` header. */
  readonly cookie?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** A body as it is, with its type. */
  readonly raw?: string | Uint8Array;
  readonly type?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

export type Ask = (method: string, path: string, options?: AskOptions) => Promise<Answer>;

/** @param address gives an address that nobody has used */
export function createAsk(wire: Wire, address: () => string): Ask {
  return async (method, path, options = {}) => {
    const { body, type } = bodyOf(options);
    const headers: (readonly [string, string])[] = [['X-Forwarded-For', options.from ?? address()]];
    if (options.token !== undefined) headers.push(['Authorization', `Bearer ${options.token}`]);
    if (options.cookie !== undefined) headers.push(['Cookie', options.cookie]);
    if (type !== undefined) headers.push(['Content-Type', type]);
    headers.push(...(options.headers ?? []));
    const answer = await wire.send({ method, path, headers, ...(body === undefined ? {} : { body }) });
    return { ...answer, body: readBody(answer) };
  };
}

function bodyOf({ json, form, raw, type }: AskOptions): { body?: string | Uint8Array; type?: string } {
  if (raw !== undefined) return { body: raw, ...(type === undefined ? {} : { type }) };
  if (json !== undefined) return { body: JSON.stringify(json), type: type ?? 'application/json' };
  if (form === undefined) return type === undefined ? {} : { type };
  return { body: new URLSearchParams(form).toString(), type: type ?? 'application/x-www-form-urlencoded' };
}

function readBody(answer: WireAnswer): unknown {
  if (!/json/.test(headerOf(answer, 'content-type') ?? '')) return answer.text;
  try {
    return JSON.parse(answer.text);
  } catch {
    return answer.text;
  }
}

/** The value that an answer gives to a cookie; undefined when it does not set it. */
export function cookieIn({ headers }: WireAnswer, name: string): string | undefined {
  for (const [header, value] of headers) {
    if (header.toLowerCase() === 'set-cookie' && value.startsWith(`${name}=`))
      return value.slice(name.length + 1).replace(/;.*$/, '');
  }
  return undefined;
}

/** The code of a refusal: of a problem, or of OAuth. */
export const codeIn = ({ body }: Answer): string | undefined => body?.code ?? body?.error;

/** What is wrong with an answer that had to be a refusal; undefined when it was one of these. */
export function unlessRefused(answer: Answer, ...statuses: readonly number[]): string | undefined {
  if (statuses.includes(answer.status)) return undefined;
  return `answered ${answer.status} ${answer.text.slice(0, 200)}`;
}

/** What is wrong with an answer that had to be a success. */
export const unlessOk = (answer: Answer): string | undefined =>
  answer.status >= 200 && answer.status < 300 ? undefined : `answered ${answer.status} ${answer.text.slice(0, 200)}`;
