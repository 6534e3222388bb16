import { base64url } from 'jose';
import { readAll } from './fetch-text.ts';
import { isObject, isText, isTime, parseObject } from './json.ts';
import { type FindKey, openJws } from './jws.ts';

/** A status list as its token says it. */
export interface ReadList {
  /** Bit i is `bits[i >> 3] >> (i & 7) & 1`; 1 = revoked. */
  readonly bits: Uint8Array;
  /** When the issuer made it: seconds since 1970. */
  readonly issuedAt: number;
  /** How long it may be used before the next look. Seconds. */
  readonly ttl: number;
}

/** What a list may have at most, compressed and not: a million sessions. A server makes lists of 4 KiB. Bytes. */
export const maxListBytes = 131_072;

/** Ours say 30; what a list without the claim gets (draft-ietf-oauth-status-list §5.1: optional). Seconds. */
const defaultTtl = 30;

/** What a list must say to be believed. */
interface ListRules {
  readonly uri: string;
  readonly issuer: string;
  readonly find: FindKey;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly clockToleranceSeconds: number;
}

/**
 * Checks and unpacks a status list token (draft-ietf-oauth-status-list §5.1, §8.3). Its `sub` must be the address that it was fetched
 * from, so that one list cannot stand in for another; its `typ` keeps access tokens out.
 *
 * @throws Error (TokenRefused for its signature) whenever it must not be believed
 */
export async function readStatusList(token: string, rules: ListRules): Promise<ReadList> {
  const { header, payload } = await openJws(token.trim(), rules.find);
  if (header.typ !== 'statuslist+jwt') throw new Error('not a status list');
  const { iss, sub, iat, exp, ttl, status_list: list } = parseObject(new TextDecoder().decode(payload));
  if (iss !== rules.issuer || sub !== rules.uri) throw new Error('the status list is another one');
  if (!isTime(iat) || !isTime(exp) || rules.now >= (exp + rules.clockToleranceSeconds) * 1_000) {
    throw new Error('the status list has expired');
  }
  if (!isObject(list) || list.bits !== 1 || !isText(list.lst))
    throw new Error('the status list has not one bit for each');
  return { bits: await inflate(base64url.decode(list.lst)), issuedAt: iat, ttl: isTime(ttl) ? ttl : defaultTtl };
}

/** zlib (RFC 1950), with a bound that holds while it unpacks: a small list can be made to unpack to gigabytes. */
function inflate(packed: Uint8Array): Promise<Uint8Array> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(new Uint8Array(packed));
      controller.close();
    },
  });
  return readAll(source.pipeThrough(new DecompressionStream('deflate')), maxListBytes);
}
