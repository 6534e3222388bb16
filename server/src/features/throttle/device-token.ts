import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { deriveKeys } from '../../kernel/derive.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';

/** What a browser that has logged in holds: `<id>.<issued at>.<tag>` (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). */
export interface KnownDevice {
  /** 128 random bits, others at each login: what is counted on. */
  readonly id: string;
  readonly issuedAt: Instant;
}

export interface DeviceTokens {
  issue(user: UserId): Secret;
  /** `undefined` for what we did not make, not for this user, or too long ago. */
  read(text: string, user: UserId): KnownDevice | undefined;
}

/** Seconds that a device stays known without a login. */
export const deviceLifeSeconds = 365 * 86_400;

const tagBytes = 16;
const shape = /^([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,14}|0)\.([A-Za-z0-9_-]{22})$/;

/**
 * The user is under the tag but not in the text: whoever finds a token learns nothing about whose it is, and one of another account is
 * simply a wrong one.
 */
export function createDeviceTokens(deps: { secretKeys: SecretKeys; random: Random; clock: Clock }): DeviceTokens {
  const { random, clock } = deps;
  const [key, ...formerKeys] = deriveKeys(deps.secretKeys, 'device-token');

  const tagOf = (body: string, user: UserId, by: Buffer): Buffer =>
    createHmac('sha256', by).update(`${user}.${body}`).digest().subarray(0, tagBytes);

  return {
    issue(user) {
      const body = `${random.bytes(16).toString('base64url')}.${clock.now()}`;
      return new Secret(`${body}.${tagOf(body, user, key).toString('base64url')}`);
    },

    read(text, user) {
      const [, id, issued, tag] = shape.exec(text) ?? [];
      if (id === undefined || issued === undefined || tag === undefined) return undefined;
      const given = Buffer.from(tag, 'base64url');
      if (given.toString('base64url') !== tag) return undefined;
      const ours = [key, ...formerKeys].some((by) => timingSafeEqual(tagOf(`${id}.${issued}`, user, by), given));
      const issuedAt = Number(issued);
      return ours && clock.now() < issuedAt + deviceLifeSeconds * 1_000 ? { id, issuedAt } : undefined;
    },
  };
}
