import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { EndReason, SessionsStore } from './store.ts';

export interface EndSessionsCommand {
  readonly user: UserId;
  /** The one session that stays. */
  readonly kept?: SessionId | undefined;
  readonly reason: EndReason;
  /** Who does it; `undefined` is the operator. */
  readonly by: Actor | undefined;
  readonly ip: string | undefined;
}

/**
 * Ends the sessions of a user with the change that is the reason for it: access and refresh tokens die with the next request, and a
 * refresh that is under way comes first or loses.
 *
 * The caller has locked the user, or has just changed their row. So a sign-in that is under way either has come first and ends here
 * too, or comes after and finds the user as the caller leaves them.
 *
 * @returns how many lived
 */
export type EndSessions = (tx: Tx, command: EndSessionsCommand) => Promise<number>;

/** So many have a record each; whoever logs in ten thousand times must not make the record longer than a transaction can bear. */
const recordedEach = 500;

export function createEndSessions(deps: { clock: Clock; audit: Audit; store: SessionsStore }): EndSessions {
  const { clock, audit, store } = deps;
  return async (tx, { user, kept, reason, by, ip }) => {
    const now = clock.now();
    const living = (await store.lockLiving(tx, user, now)).filter((session) => session !== kept);
    // Also those that have run out: by the clock of another node they may live.
    await store.endAllOf(tx, user, reason, now, kept);
    const event = { event: 'session.ended', actor: by, subject: user, ip, reason } as const;
    for (const session of living.slice(0, recordedEach)) await audit.record(tx, { ...event, session });
    const more = living.length - recordedEach;
    if (more > 0) await audit.record(tx, { ...event, object: `${more} more sessions` });
    return living.length;
  };
}
