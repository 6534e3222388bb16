import type { Instant } from '../../kernel/clock.ts';
import type { ApiKeyId, UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';

/** A key as those see it who may know of it; never the key itself. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly owner: UserId;
  readonly name: string;
  readonly description: string;
  /** What it was given; what it can do is as much of that as its owner holds at the moment. Sorted. */
  readonly permissions: readonly Permission[];
  readonly createdAt: Instant;
  /** The first instant at which it is good for nothing; `undefined` is never. */
  readonly expiresAt: Instant | undefined;
  /** To the minute. */
  readonly lastUsedAt: Instant | undefined;
}
