import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { deriveKeys, sha256 } from '../../kernel/derive.ts';
import { asSessionId, type SessionId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';

/** A refresh token taken apart. Only `RefreshTokens` makes one, so its tag has been checked. */
export interface RefreshToken {
  readonly sessionId: SessionId;
  /** 0 for the first of a session, one more with each rotation. */
  readonly generation: number;
  /** What the client holds: `<session>.<generation>.<secret>.<tag>`, opaque to it. */
  readonly text: Secret;
  /** What the database holds. */
  readonly hash: TokenHash;
}

declare const hashed: unique symbol;
/** SHA-256 of a refresh token's secret; a type of its own, so that a raw token is never stored by mistake. */
export type TokenHash = string & { readonly [hashed]: true };

/** Makes, reads and derives refresh tokens. Knows no database. */
export interface RefreshTokens {
  first(sessionId: SessionId): RefreshToken;
  /** `undefined` for what we did not make: such a thing never touches a session. */
  read(text: string): RefreshToken | undefined;
  /** The successor: always the same for the same token. */
  successorOf(token: RefreshToken): RefreshToken;
  /** What the successor is on a node that still has, or already has, another `SECRET_KEY` in the first place. */
  otherSuccessorsOf(token: RefreshToken): RefreshToken[];
}

const secretBytes = 32;
const tagBytes = 16;
const shape = /^([A-Za-z0-9_-]{22})\.(0|[1-9][0-9]{0,9})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})$/;

/**
 * The successor is derived, not drawn: HKDF of the presented secret under a server key. So a repeat of the same token gives the same
 * successor without the server having to keep it, and 50 tabs, a lost answer or a crash between commit and answer all end with one
 * living chain. Without the server key nobody can run the chain forward.
 */
export function createRefreshTokens(deps: { secretKeys: SecretKeys; random: Random }): RefreshTokens {
  const tagKeys = deriveKeys(deps.secretKeys, 'refresh-token-tag');
  const [chainKey, ...formerChainKeys] = deriveKeys(deps.secretKeys, 'refresh-token-chain');

  const tagOf = (body: string, key = tagKeys[0]): Buffer =>
    createHmac('sha256', key).update(body).digest().subarray(0, tagBytes);

  const take = (sessionId: SessionId, generation: number, secret: string, text: string): RefreshToken => ({
    sessionId,
    generation,
    text: new Secret(text),
    hash: sha256(secret) as TokenHash,
  });

  const build = (sessionId: SessionId, generation: number, secret: string): RefreshToken => {
    const body = `${sessionId}.${generation}.${secret}`;
    return take(sessionId, generation, secret, `${body}.${tagOf(body).toString('base64url')}`);
  };

  const successorUnder = (key: Buffer, { sessionId, generation, text }: RefreshToken): RefreshToken => {
    const [, , secret = ''] = text.reveal().split('.');
    const next = hkdfSync('sha256', secret, key, `${sessionId}.${generation + 1}`, secretBytes);
    return build(sessionId, generation + 1, Buffer.from(next).toString('base64url'));
  };

  return {
    first: (sessionId) => build(sessionId, 0, deps.random.bytes(secretBytes).toString('base64url')),

    read(text) {
      const [, sessionId, generation, secret, tag] = shape.exec(text) ?? [];
      if (sessionId === undefined || generation === undefined || secret === undefined || tag === undefined) {
        return undefined;
      }
      const body = `${sessionId}.${generation}.${secret}`;
      const given = Buffer.from(tag, 'base64url');
      if (given.toString('base64url') !== tag) return undefined;
      if (!tagKeys.some((key) => timingSafeEqual(tagOf(body, key), given))) return undefined;
      return take(asSessionId(sessionId), Number(generation), secret, text);
    },

    successorOf: (token) => successorUnder(chainKey, token),
    otherSuccessorsOf: (token) => formerChainKeys.map((key) => successorUnder(key, token)),
  };
}
