import { invalidApiKey, lackingPermission } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Machine, Permission } from '../../kernel/principal.ts';
import { readKey } from './key-text.ts';
import type { LastUse } from './last-use.ts';
import { isLiving } from './policy.ts';
import type { PresentApiKey } from './present-api-key.ts';

/**
 * Who presents this key: one read tells that it is ours, that it lives, that its owner is active, and what both hold. So a key that was
 * revoked, and an owner who was disabled or lost a role, count from the next request on.
 *
 * @throws invalidApiKey, tooManyAttempts, lackingPermission
 */
export type AuthenticateApiKey = (
  text: string,
  permission: Permission | undefined,
  origin: Pick<RequestOrigin, 'ip'>,
) => Promise<Machine>;

const mistyped = 'The API key is not whole, or a sign of it is wrong: its checksum does not fit.';

export function createAuthenticateApiKey(deps: {
  clock: Clock;
  present: PresentApiKey;
  lastUse: LastUse;
}): AuthenticateApiKey {
  const { clock, present, lastUse } = deps;
  return async (text, permission, { ip }) => {
    const key = await present(text, ip);
    if (key === undefined) throw invalidApiKey(readKey(text) === undefined ? { detail: mistyped } : {});
    if (!isLiving(key, clock.now())) throw invalidApiKey();
    lastUse.note(key);
    const limitedTo = new Set(key.effective);
    if (permission !== undefined && !limitedTo.has(permission)) throw lackingPermission(permission);
    return { userId: key.owner.id, limitedTo, apiKey: key.id };
  };
}
