import { createHmac, type KeyLike, type KeyObject, sign } from 'node:crypto';

/** An access token taken apart, so that a test can put together another one. */
export interface Pieces {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The segments as they stand in the token. */
  readonly segments: readonly [header: string, payload: string, signature: string];
}

export function takeApart(token: string): Pieces {
  const segments = token.split('.');
  const [header = '', payload = '', signature = ''] = segments;
  return { header: decode(header), payload: decode(payload), segments: [header, payload, signature] };
}

const decode = (segment: string) => JSON.parse(Buffer.from(segment, 'base64url').toString());

/** A segment: of a value its JSON, of a text the text itself. */
export const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A token signed as ES256 is (RFC 7518 §3.4), whatever its header says. */
export function signedBy(key: KeyObject, header: unknown, payload: unknown): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A token with a MAC under whatever an attacker takes for a key: the confusion of RFC 8725 §2.1. */
export function macked(bits: 256 | 384 | 512, key: KeyLike, header: unknown, payload: unknown): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac(`sha${bits}`, key as never)
    .update(input)
    .digest('base64url')}`;
}

export const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** `text` with another character at a place. */
export const withChar = (text: string, at: number, char: string): string =>
  `${text.slice(0, at)}${char}${text.slice(at + 1)}`;
