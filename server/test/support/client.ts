import { readCookie } from '../../src/http/cookies.ts';

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects to find.
  readonly body: any;
  /** The refresh token of a `Set-Cookie`, `''` when it was cleared, undefined when there was none. */
  readonly cookie: string | undefined;
}

export interface CallOptions {
  /** An access token. */
  readonly token?: string | undefined;
  /** A refresh token, sent as the cookie. */
  readonly cookie?: string | undefined;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** A client that keeps nothing from one call to the next. */
export function createClient(url: string): Call {
  return async (method, path, options = {}) => {
    const response = await fetch(`${url}${path}`, { method, redirect: 'manual', ...requestOf(options) });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
      cookie: cookieOf(response.headers.getSetCookie()),
    };
  };
}

function requestOf({ token, cookie, json, form, raw, headers }: CallOptions): RequestInit {
  const sent: Record<string, string> = { ...headers };
  if (token !== undefined) sent.authorization = `Bearer ${token}`;
  if (cookie !== undefined) sent.cookie = `refresh_token=${cookie}`;
  if (json !== undefined) sent['content-type'] ??= 'application/json';
  const body = raw ?? (json === undefined ? form && new URLSearchParams(form) : JSON.stringify(json));
  return body === undefined ? { headers: sent } : { headers: sent, body };
}

function cookieOf(setCookies: readonly string[]): string | undefined {
  const [first] = setCookies;
  if (first === undefined) return undefined;
  const pair = first.split(';')[0] ?? '';
  const name = pair.slice(0, pair.indexOf('='));
  return readCookie(pair, name) ?? '';
}
