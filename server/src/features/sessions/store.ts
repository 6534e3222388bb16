import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Permission, Person } from '../../kernel/principal.ts';
import type { Soon } from '../../kernel/soon.ts';
import type { HeldRow } from '../roles/index.ts';
import type { OwnSession } from './own-session.ts';
import type { SessionState } from './policy.ts';
import type { TokenHash } from './refresh-token.ts';

export interface NewSession {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly tokenHash: TokenHash;
  readonly statusIndex: number;
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
  /** The session's own, or one for a session that has none yet. */
  readonly statusIndex: number;
}

export type EndReason =
  | 'logout'
  | 'logout-all'
  | 'ended-by-owner'
  | 'ended-by-admin'
  | 'password-changed'
  | 'password-reset'
  | 'email-changed'
  | 'account-taken-over'
  | 'email-undone'
  | 'user-disabled'
  | 'user-deleted'
  | 'stolen'
  | 'revoked';

/** A session with its user, where both live. */
export interface LivingSession extends SessionState {
  readonly id: SessionId;
  /** Its place in the status lists; none if an older release has begun it and it was not refreshed since. */
  readonly statusIndex: number | undefined;
  readonly user: { readonly id: UserId; readonly username: string; readonly email: string };
}

/** The same, with what its user may do. */
export interface GrantedSession extends LivingSession {
  readonly held: readonly HeldRow[];
}

/** A session as it is kept, whether it lives or not. */
export interface KeptSession extends OwnSession {
  readonly endedAt: Instant | undefined;
  readonly endReason: string | undefined;
}

/** A session that has ended, as the status lists know it. */
export interface EndedSession {
  readonly statusIndex: number;
  readonly endedAt: Instant;
}

export interface SessionsStore {
  /** A place in the status lists that no other session has, had, or will have; in the transaction that gives it to one. */
  takeStatusIndex(tx: Tx, at: Instant): Promise<number>;
  start(tx: Tx, session: NewSession): Promise<void>;
  /**
   * Rotates the refresh token of a living session of an active user: one conditional update, so that of any number of callers
   * exactly one gets `true`, and a session that is ended meanwhile wins over its refresh.
   */
  rotate(tx: Tx, rotation: Rotation): Promise<boolean>;
  /** The session with its user; `undefined` also when the user is not active now. */
  find(db: Reads, id: SessionId, now: Instant): Promise<LivingSession | undefined>;
  /** The same together with what the user holds, in one read. */
  findGranted(db: Reads, id: SessionId, now: Instant): Promise<GrantedSession | undefined>;
  /** Ends a session; of two at once, one gets `true`. */
  end(tx: Tx, id: SessionId, reason: EndReason, at: Instant): Promise<boolean>;
  /** The living sessions of a user, newest first. */
  listLiving(db: Reads, user: UserId, now: Instant): Promise<OwnSession[]>;
  /** Ends a session if it lives and is this user's; of two at once, one gets `true`. */
  endOneOf(tx: Tx, user: UserId, id: SessionId, reason: EndReason, at: Instant): Promise<boolean>;
  /** The living sessions of a user, oldest first; until the transaction ends nobody else can end them. */
  lockLiving(tx: Tx, user: UserId, now: Instant): Promise<SessionId[]>;
  /** Ends every session of a user, but for the one to be kept; how many. */
  endAllOf(tx: Tx, user: UserId, reason: EndReason, at: Instant, kept?: SessionId): Promise<number>;
  /** Whether the user has a session from this very user agent that was never ended by force. */
  hasUserAgent(db: Reads, user: UserId, userAgent: string): Promise<boolean>;
  /** Whether a session is this user's and was never ended by force. */
  isTrusted(db: Reads, user: UserId, id: SessionId): Promise<boolean>;
  /** The user agents of all such sessions, each once. */
  listUserAgents(db: Reads, user: UserId): Promise<string[]>;
  /**
   * Who makes a request: the session lives, its user is active, and whether the user holds `permission`, all in one read.
   */
  authenticate(
    db: Reads,
    claim: { session: SessionId; user: UserId; now: Instant; permission: Permission | undefined },
  ): Soon<{ principal: Person; permitted: boolean } | undefined>;
  /** When the newest session of a user began, whether it lives or not; as far back as sessions are kept. */
  lastStartedAt(db: Reads, user: UserId): Promise<Instant | undefined>;
  /** All sessions of a user that are kept, in the order of their ids, from behind `after`, so many at a time. */
  listAll(db: Reads, user: UserId, after: string, limit: number): Promise<KeptSession[]>;
  /** Forgets from where and with what a user's sessions were begun. The rows stay, so that verifiers still learn that they ended. */
  forgetOrigins(tx: Tx, user: UserId): Promise<void>;
  /** The lowest place in the status lists, from `from` on, that a session has, whether it lives or not. */
  nextStatusIndex(db: Reads, from: number): Promise<number | undefined>;
  /** The places from `from` up to, but without, `to` whose sessions have ended. */
  listEnded(db: Reads, range: { readonly from: number; readonly to: number }): Promise<number[]>;
  /**
   * Sessions that have ended, in the order of their end and then of their place: the first thousand that come after `cursor`. An end
   * that commits late stands at the time of which it speaks, so whoever wants to miss none looks back.
   */
  endedAfter(db: Reads, cursor: EndedSession): Promise<EndedSession[]>;
  /** Removes sessions whose absolute life was over before `before`; how many. */
  sweep(tx: Tx, before: Instant): Promise<number>;
}
