import type { Clock, Instant } from '../../kernel/clock.ts';
import type { ApiKeyId, UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { LastUse } from './last-use.ts';
import { isLiving } from './policy.ts';
import type { FindPresented } from './present-api-key.ts';

/** What a living key stands for at this moment. */
export interface ActiveApiKey {
  readonly kind: 'api-key';
  readonly id: ApiKeyId;
  readonly user: { readonly id: UserId; readonly username: string };
  readonly permissions: readonly Permission[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | undefined;
}

/**
 * What a key is good for (RFC 7662), or `undefined` when it is good for nothing, for whatever reason. Whoever asks has a key before them
 * that was used with them, so it counts as used; wrong ones are not counted, for they are not the asker's.
 */
export type IntrospectApiKey = (text: string) => Promise<ActiveApiKey | undefined>;

export function createIntrospectApiKey(deps: {
  clock: Clock;
  findPresented: FindPresented;
  lastUse: LastUse;
}): IntrospectApiKey {
  const { clock, findPresented, lastUse } = deps;
  return async (text) => {
    const key = await findPresented(text);
    if (key === undefined || !isLiving(key, clock.now())) return undefined;
    lastUse.note(key);
    const { id, owner: user, effective: permissions, createdAt, expiresAt } = key;
    return { kind: 'api-key', id, user, permissions, createdAt, expiresAt };
  };
}
