import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { ApiKeyId, UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { ApiKey } from './api-key.ts';
import type { KeyHash } from './key-text.ts';
import type { KeyState } from './policy.ts';

export interface NewApiKey extends Omit<ApiKey, 'lastUsedAt'> {
  readonly hash: KeyHash;
}

/** All that a request needs to know of the key that it presents. */
export interface FoundKey extends KeyState {
  readonly id: ApiKeyId;
  readonly hash: KeyHash;
  readonly owner: { readonly id: UserId; readonly username: string };
  /** As much of what it was given as its owner holds now. Sorted. */
  readonly effective: readonly Permission[];
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
}

/** A key as it is kept, whether it lives or not. */
export interface KeptKey extends ApiKey {
  readonly revokedAt: Instant | undefined;
}

export interface ApiKeysStore {
  /** Adds a key with permissions that exist. */
  add(tx: Tx, key: NewApiKey): Promise<void>;
  /** A key with its owner and what both hold together, in one read; also one that is dead. */
  find(db: Reads, id: ApiKeyId, now: Instant): Promise<FoundKey | undefined>;
  /** How many keys of a user are neither revoked nor expired. To be relied on while the user is locked. */
  countLiving(db: Reads, owner: UserId, now: Instant): Promise<number>;
  /** The keys of a user that are not revoked, newest first. */
  listOf(db: Reads, owner: UserId): Promise<ApiKey[]>;
  /** All keys of a user that are kept, revoked ones too, by id: so many from behind `after`. */
  listKept(db: Reads, owner: UserId, page: { readonly after: string; readonly limit: number }): Promise<KeptKey[]>;
  /** Those of everybody that are not revoked, by id: so many from behind `after`. */
  list(db: Reads, page: { readonly after: string; readonly limit: number }): Promise<ApiKey[]>;
  /** One of them. */
  findOf(db: Reads, owner: UserId, id: ApiKeyId): Promise<ApiKey | undefined>;
  /** Revokes a key if it is this user's; of two at once, one gets `true`. */
  revoke(tx: Tx, owner: UserId, id: ApiKeyId, at: Instant): Promise<boolean>;
  /** Says when a key was last used, unless that is known already to within `grainMs`. */
  recordUse(tx: Tx, id: ApiKeyId, at: Instant, grainMs: number): Promise<boolean>;
  /** Removes all keys of a user, dead ones too. */
  removeOf(tx: Tx, owner: UserId): Promise<void>;
  /** Removes keys that were revoked, or had expired, before `before`; how many. */
  sweep(tx: Tx, before: Instant): Promise<number>;
}
