import { inflateSync } from 'node:zlib';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { Held } from './people.ts';

/** Where the status of a session stands, as its access token says. */
export interface StatusClaim {
  readonly idx: number;
  readonly uri: string;
}

export function statusOf({ accessToken }: Pick<Held, 'accessToken'>): StatusClaim {
  const { status } = decodeJwt(accessToken) as { status?: { status_list?: StatusClaim } };
  if (status?.status_list === undefined) throw new Error('the token has no status');
  return status.status_list;
}

/**
 * The bit of a session, as a verifier finds it that knows nothing but the server: the list is fetched, its signature checked with the
 * published keys, and what it says of itself.
 *
 * @param now the server's time, which may stand still
 */
export async function bitOf(url: string, { idx, uri }: StatusClaim, now: number): Promise<number> {
  const issuer = uri.replace(/\/status\/lists\/\d+$/, '');
  const response = await fetch(uri.replace(issuer, url));
  if (response.status !== 200) throw new Error(`the list answered ${response.status}`);
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
  const options = { issuer, subject: uri, typ: 'statuslist+jwt', algorithms: ['ES256'], currentDate: new Date(now) };
  const { payload } = await jwtVerify(await response.text(), keys, options);
  const { bits, lst } = payload.status_list as { bits: number; lst: string };
  if (bits !== 1) throw new Error(`a status has ${bits} bits`);
  return ((inflateSync(Buffer.from(lst, 'base64url'))[idx >> 3] ?? 0) >> (idx & 7)) & 1;
}
