import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Permission, Principal } from '../../kernel/principal.ts';
import type { OwnSession } from './own-session.ts';
import type { SessionState } from './policy.ts';
import type { TokenHash } from './refresh-token.ts';

export interface NewSession {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly tokenHash: TokenHash;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly idleExpiresAt: Instant;
  readonly ip: string;
  readonly userAgent: string;
}

/** One step of the chain: from `generation` with `hash` to the next with `nextHash`. */
export interface Rotation {
  readonly id: SessionId;
  readonly generation: number;
  readonly hash: TokenHash;
  readonly nextHash: TokenHash;
  readonly now: Instant;
  readonly idleExpiresAt: Instant;
}

export type EndReason = 'logout' | 'stolen' | 'user-deleted' | 'ended-by-owner';

/** A session with its user, where both live. */
export interface LivingSession extends SessionState {
  readonly user: { readonly id: UserId; readonly username: string; readonly email: string };
}

export interface SessionsStore {
  start(tx: Tx, session: NewSession): Promise<void>;
  /**
   * Rotates the refresh token of a living session of an active user: one conditional update, so that of any number of callers
   * exactly one gets `true`, and a session that is ended meanwhile wins over its refresh.
   */
  rotate(tx: Tx, rotation: Rotation): Promise<boolean>;
  /** The session with its user; `undefined` also when the user is deleted or disabled. */
  find(db: Reads, id: SessionId): Promise<LivingSession | undefined>;
  /** Ends a session; of two at once, one gets `true`. */
  end(tx: Tx, id: SessionId, reason: EndReason, at: Instant): Promise<boolean>;
  /** The living sessions of a user, newest first. */
  listLiving(db: Reads, user: UserId, now: Instant): Promise<OwnSession[]>;
  /** Ends every session of a user; how many. */
  endAllOf(tx: Tx, user: UserId, reason: EndReason, at: Instant): Promise<number>;
  /**
   * Who makes a request: the session lives, its user is active, and whether the user holds `permission`, all in one read.
   */
  authenticate(
    db: Reads,
    claim: { session: SessionId; user: UserId; now: Instant; permission: Permission | undefined },
  ): Promise<{ principal: Principal; permitted: boolean } | undefined>;
  /** Removes sessions whose absolute life was over before `before`; how many. */
  sweep(tx: Tx, before: Instant): Promise<number>;
}
