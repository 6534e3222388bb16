import type { Database } from '../../db/database.ts';
import { invalidToken } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Permission, Person } from '../../kernel/principal.ts';
import type { Random } from '../../kernel/random.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Audit } from '../audit/index.ts';
import { type Authority, permissionNotHeld, permissionsOutside, type RolesStore } from '../roles/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import type { ApiKey } from './api-key.ts';
import { tooManyApiKeys } from './errors.ts';
import { makeKey } from './key-text.ts';
import { expiryFaults, expiryOf, type KeyLimits, permissionFaults, textFaults } from './policy.ts';
import type { ApiKeysStore } from './store.ts';

export interface CreateApiKeyCommand {
  readonly owner: UserId;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  /** `null` is never; `undefined` what is usual here. */
  readonly expiresInDays: number | null | undefined;
  /** Who asks: the owner in person; `undefined` is the operator at the CLI. */
  readonly by: Person | undefined;
  readonly ip?: string;
}

/**
 * Makes a key with permissions that its owner holds now. The text is in no other answer ever again.
 *
 * @throws invalidToken, userNotFound, lackingPermission; validationFailed with a pointer at each fault; permissionNotHeld; tooManyApiKeys
 */
export type CreateApiKey = (command: CreateApiKeyCommand) => Promise<{ readonly key: ApiKey; readonly text: Secret }>;

export function createCreateApiKey(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
  users: UsersStore;
  roles: RolesStore;
  authority: Authority;
  limits: KeyLimits;
  store: ApiKeysStore;
}): CreateApiKey {
  const { db, clock, random, audit, users, roles, authority, limits, store } = deps;
  return ({ owner, name, description, permissions: wanted, expiresInDays, by, ip }) => {
    const { id, hash, text } = makeKey(random);
    return db.transact(async (tx) => {
      // Locks, so that two keys at once are counted one after the other.
      if ((await users.lockActive(tx, owner, clock.now())) === undefined)
        throw by === undefined ? userNotFound() : invalidToken();
      await authority.assertHolds(tx, by, 'api-keys:write');

      const known = new Set((await roles.listPermissions(tx)).map((entry) => entry.name));
      const unknown = permissionsOutside(wanted, known, (it) => `There is no permission "${it}".`);
      const said = [...textFaults({ name, description }), ...expiryFaults(expiresInDays, limits)];
      const faults = [...said, ...unknown, ...permissionFaults(wanted)];
      if (faults.length > 0) throw validationFailed({ errors: faults });
      const held = new Set((await authority.grantsOf(tx, by ?? { userId: owner })).permissions);
      const beyond = permissionsOutside(wanted, held, (it) => `"${it}" is not held by who the key is for.`);
      if (beyond.length > 0) throw permissionNotHeld({ errors: beyond });

      const now = clock.now();
      if ((await store.countLiving(tx, owner, now)) >= limits.perUser) throw tooManyApiKeys();
      const permissions = [...new Set(wanted)].sort();
      const expiresAt = expiryOf(expiresInDays, limits, now);
      const made = { id, owner, name, description, permissions, createdAt: now, expiresAt };
      await store.add(tx, { ...made, hash });
      await audit.record(tx, { event: 'api-key.created', actor: by, subject: owner, ip, object: id });
      return { key: { ...made, lastUsedAt: undefined }, text };
    });
  };
}
