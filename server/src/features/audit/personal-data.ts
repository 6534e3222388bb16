import type { Reads, Tx } from '../../db/database.ts';
import { iso } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { AuditStore, RecordedEvent } from './store.ts';

const pageSize = 500;

/** What the record says of a user: what was done to them, and what they did. Its rows stay when they are purged, and name them by an id alone; what was personal in them goes. */
export const createAuditHolding = (store: AuditStore) => ({
  name: 'audit_events',
  async *tell(db: Reads, user: UserId) {
    for (let page: RecordedEvent[] = [], after = 0; ; after = page.at(-1)?.id ?? 0) {
      page = await store.listOf(db, user, after, pageSize);
      yield* page.map((event) => told(event, user));
      if (page.length < pageSize) return;
    }
  },
  /** Behind it, in the same transaction, `user.purged` is to be recorded: what is gone without that is reported. */
  forget: (tx: Tx, user: UserId) => store.erase(tx, user),
});

/** Who else did it is told as little as from where and in which session: that is theirs. No more is told of whom something was done to. */
function told(event: RecordedEvent, user: UserId) {
  const [isBy, isAbout] = [event.actor === user, event.subject === user];
  const isByAnother = !isBy && event.actor !== undefined;
  const isOwnSession = event.event.startsWith('session.') ? isAbout : !isByAnother;
  return {
    at: iso(event.at),
    event: event.event,
    outcome: event.outcome,
    reason: event.reason ?? null,
    by_themselves: isBy,
    about_themselves: isAbout,
    session: isOwnSession ? (event.session ?? null) : null,
    ip: isByAnother ? null : (event.ip ?? null),
    object: isByAnother && event.object?.startsWith('by:') ? null : (event.object ?? null),
    note: isAbout ? (event.note ?? null) : null,
  };
}
