import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ApiKeyId, UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Actor, Person } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { type Authority, isThemselves } from '../roles/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { apiKeyNotFound } from './errors.ts';
import type { PresentApiKey } from './present-api-key.ts';
import type { ApiKeysStore } from './store.ts';

export interface RevokeApiKeysCommand {
  readonly owner: UserId;
  /** Who asks: the owner, or somebody with `api-keys:revoke` who reaches them; `undefined` is the operator at the CLI. */
  readonly by: Person | undefined;
  readonly ip?: string;
}

/** Revokes keys: good for nothing from the next request on, on every node, and for ever. */
export interface RevokeApiKeys {
  /** @throws lackingPermission, userNotFound, userHoldsMore, apiKeyNotFound (also for a key of somebody else) */
  one(command: RevokeApiKeysCommand & { readonly id: ApiKeyId }): Promise<void>;
  /** @returns how many @throws lackingPermission, userNotFound, userHoldsMore */
  all(command: RevokeApiKeysCommand): Promise<number>;
  /** Those of a user who is locked, with the change that is the reason for it. @returns how many */
  within(tx: Tx, command: { owner: UserId; by: Actor; ip: string; reason: Reason }): Promise<number>;
  /**
   * The key that somebody presents: whoever holds one may end it (RFC 7009), as those who find one in a public place do. What is dead
   * already, or was never a key, is passed over.
   *
   * @throws tooManyAttempts
   */
  presented(text: string, origin: RequestOrigin): Promise<void>;
}

type Reason =
  | 'revoked-by-owner'
  | 'revoked-by-admin'
  | 'presented'
  | 'password-reset'
  | 'account-taken-over'
  | 'email-undone';

export function createRevokeApiKeys(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
  present: PresentApiKey;
  store: ApiKeysStore;
}): RevokeApiKeys {
  const { db, clock, audit, users, authority, present, store } = deps;

  const assertMayRevoke = async (tx: Tx, { owner, by }: RevokeApiKeysCommand): Promise<void> => {
    if (isThemselves(by, owner)) return;
    await authority.assertHolds(tx, by, 'api-keys:revoke');
    // Also of one who was deleted: until they are purged they may be restored, and their keys with them.
    if ((await users.find(tx, owner)) === undefined) throw userNotFound();
    await authority.assertReaches(tx, by, owner);
  };

  /** Of two at once, one gets `true` and has it recorded. */
  const revoke = async (
    tx: Tx,
    { owner, id, by, ip, reason }: { owner: UserId; id: ApiKeyId; by: Actor | undefined; ip?: string; reason: Reason },
  ): Promise<boolean> => {
    if (!(await store.revoke(tx, owner, id, clock.now()))) return false;
    await audit.record(tx, { event: 'api-key.revoked', actor: by, subject: owner, ip, object: id, reason });
    return true;
  };

  /** The user is locked, so that no key is made behind our back. */
  const revokeEach = async (
    tx: Tx,
    command: { owner: UserId; by: Actor | undefined; ip?: string; reason: Reason },
  ): Promise<number> => {
    let revoked = 0;
    for (const { id } of await store.listOf(tx, command.owner)) {
      if (await revoke(tx, { ...command, id })) revoked += 1;
    }
    return revoked;
  };

  const reasonOf = ({ owner, by }: RevokeApiKeysCommand): Reason =>
    isThemselves(by, owner) ? 'revoked-by-owner' : 'revoked-by-admin';

  return {
    one: (command) =>
      db.transact(async (tx) => {
        await assertMayRevoke(tx, command);
        if (!(await revoke(tx, { ...command, reason: reasonOf(command) }))) throw apiKeyNotFound();
      }),

    all: (command) =>
      db.transact(async (tx) => {
        await users.lockActive(tx, command.owner, clock.now());
        await assertMayRevoke(tx, command);
        return revokeEach(tx, { ...command, reason: reasonOf(command) });
      }),

    within: revokeEach,

    async presented(text, { ip }) {
      const found = await present(text, ip);
      if (found === undefined) return;
      const { id, owner } = found;
      const by = { userId: owner.id, apiKey: id };
      await db.transact((tx) => revoke(tx, { owner: owner.id, id, by, ip, reason: 'presented' }));
    },
  };
}
