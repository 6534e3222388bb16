import { readCookie } from '../../src/http/cookies.ts';

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects to find.
  readonly body: any;
  /** The refresh token of a `Set-Cookie`, `''` when it was cleared, undefined when there was none. */
  readonly cookie: string | undefined;
  /** The device token of a `Set-Cookie`. */
  readonly device: string | undefined;
}

export interface CallOptions {
  /** An access token. */
  readonly token?: string | undefined;
  /** A refresh token, sent as the cookie. */
  readonly cookie?: string | undefined;
  /** A device token, sent as the cookie. */
  readonly device?: string | undefined;
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
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
      cookie: cookieOf(response.headers.getSetCookie(), 'refresh_token'),
      device: cookieOf(response.headers.getSetCookie(), 'device'),
    };
  };
}

function requestOf({ token, cookie, device, json, form, raw, headers }: CallOptions): RequestInit {
  const sent: Record<string, string> = { ...headers };
  if (token !== undefined) sent.authorization = `Bearer ${token}`;
  const cookies = [cookie && `refresh_token=${cookie}`, device && `device=${device}`].filter(Boolean);
  if (cookies.length > 0) sent.cookie = cookies.join('; ');
  if (json !== undefined) sent['content-type'] ??= 'application/json';
  const body = raw ?? (json === undefined ? form && new URLSearchParams(form) : JSON.stringify(json));
  return body === undefined ? { headers: sent } : { headers: sent, body };
}

function cookieOf(setCookies: readonly string[], plainName: string): string | undefined {
  const pairs = setCookies.map((text) => text.split(';')[0] ?? '');
  const pair = pairs.find((it) => it.replace(/^__Host-/, '').startsWith(`${plainName}=`));
  return pair === undefined ? undefined : (readCookie(pair, pair.slice(0, pair.indexOf('='))) ?? '');
}
