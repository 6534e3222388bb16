import type { Instant } from '../../kernel/clock.ts';
import type { FieldError } from '../../kernel/errors.ts';
import type { Permission } from '../../kernel/principal.ts';

/** How long keys live, and how many one may have. */
export interface KeyLimits {
  readonly defaultTtlSeconds: number;
  readonly longestTtlSeconds: number;
  readonly mayNeverExpire: boolean;
  readonly perUser: number;
}

/** What decides whether a key is good for anything. */
export interface KeyState {
  readonly expiresAt: Instant | undefined;
  readonly revokedAt: Instant | undefined;
  readonly ownerIsActive: boolean;
}

/** It rests while its owner is disabled or deleted, and dies when it is revoked or has expired. */
export const isLiving = ({ expiresAt, revokedAt, ownerIsActive }: KeyState, now: Instant): boolean =>
  ownerIsActive && revokedAt === undefined && (expiresAt === undefined || now < expiresAt);

/** A key makes, shows and ends no keys, so it is not given what would only look as if it could. */
const isAboutKeys = (permission: Permission): boolean => permission.startsWith('api-keys:');

export const permissionFaults = (permissions: readonly Permission[]): FieldError[] =>
  permissions.flatMap((permission, place) =>
    isAboutKeys(permission)
      ? [{ pointer: `/permissions/${place}`, detail: `No API key can hold "${permission}".` }]
      : [],
  );

/** What would steer a terminal or turn the direction of writing; the schemas refuse it too, but the CLI has none. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

const fits = (text: string, { min, max }: { min: number; max: number }): boolean =>
  [...text].length >= min && [...text].length <= max && !unprintable.test(text);

export const nameLength = { min: 1, max: 64 };
export const descriptionLength = { min: 0, max: 512 };

export function textFaults({ name, description }: { name: string; description: string }): FieldError[] {
  return [
    ...(fits(name, nameLength) ? [] : [{ pointer: '/name', detail: 'Use 1 to 64 characters on one line.' }]),
    ...(fits(description, descriptionLength)
      ? []
      : [{ pointer: '/description', detail: 'Use at most 512 characters on one line.' }]),
  ];
}

const secondsPerDay = 86_400;

/** @param days from now on, `null` for never, `undefined` for what is usual here */
export function expiryFaults(days: number | null | undefined, limits: KeyLimits): FieldError[] {
  if (days === undefined || (days === null && limits.mayNeverExpire)) return [];
  const longest = limits.longestTtlSeconds / secondsPerDay;
  if (days !== null && days <= longest) return [];
  const says = days === null ? 'A key must expire here; use' : 'Use';
  return [{ pointer: '/expires_in_days', detail: `${says} at most ${longest} days.` }];
}

/** When a key expires that is made now; its days have no faults. */
export function expiryOf(days: number | null | undefined, limits: KeyLimits, now: Instant): Instant | undefined {
  if (days === null) return undefined;
  const usual = Math.min(limits.defaultTtlSeconds, limits.longestTtlSeconds);
  return now + (days === undefined ? usual : days * secondsPerDay) * 1_000;
}

/** The most that a key holds: what a request by it costs grows with them. */
export const maxPermissions = 100;

/** How exactly it is known when a key was last used. */
export const useGrainMs = 60_000;
