import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { deriveKeys } from '../../kernel/derive.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';

/** One password of one user: what a device has proven. Its token is good for that password, and for no other that comes after. */
export interface PasswordVersion {
  readonly userId: UserId;
  /** Since when it holds; no two passwords of a user have the same. */
  readonly changedAt: Instant;
}

/**
 * What a browser that has logged in holds: `<id>.<issued at>.<tag>` (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The
 * id is what is counted on: 128 random bits, others at each login.
 */
export interface DeviceTokens {
  /** @param proven the very password that was proven, also when it was changed since */
  issue(proven: PasswordVersion): Secret;
  /** @returns the id; `undefined` for what we did not make, not for this user and password, or too long ago */
  read(text: string, current: PasswordVersion): string | undefined;
}

/** Seconds that a device stays known without a login. */
export const deviceLifeSeconds = 365 * 86_400;

const tagBytes = 16;
const shape = /^([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,14}|0)\.([A-Za-z0-9_-]{22})$/;

/**
 * User and password are under the tag but not in the text: whoever finds a token learns nothing about whose it is, and one of another
 * account or of a former password is simply a wrong one. No instants are compared for that: a login that was under way when the password
 * changed, or on a node whose clock is ahead, gives a token of the password that it has looked at.
 */
export function createDeviceTokens(deps: { secretKeys: SecretKeys; random: Random; clock: Clock }): DeviceTokens {
  const { random, clock } = deps;
  const [key, ...formerKeys] = deriveKeys(deps.secretKeys, 'device-token');

  const tagOf = (body: string, { userId, changedAt }: PasswordVersion, by: Buffer): Buffer =>
    createHmac('sha256', by).update(`${userId}.${changedAt}.${body}`).digest().subarray(0, tagBytes);

  return {
    issue(proven) {
      const body = `${random.bytes(16).toString('base64url')}.${clock.now()}`;
      return new Secret(`${body}.${tagOf(body, proven, key).toString('base64url')}`);
    },

    read(text, current) {
      const [, id, issued, tag] = shape.exec(text) ?? [];
      if (id === undefined || issued === undefined || tag === undefined) return undefined;
      const given = Buffer.from(tag, 'base64url');
      if (given.toString('base64url') !== tag) return undefined;
      const ours = [key, ...formerKeys].some((by) => timingSafeEqual(tagOf(`${id}.${issued}`, current, by), given));
      return ours && clock.now() < Number(issued) + deviceLifeSeconds * 1_000 ? id : undefined;
    },
  };
}
