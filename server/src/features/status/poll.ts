import { setImmediate as breathe } from 'node:timers/promises';
import type { Reads } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { GetKeyRing } from '../keys/index.ts';
import type { EndedSession, SessionsStore } from '../sessions/index.ts';
import { feedTimes } from './policy.ts';

/** Who hears what a poll has found. Each is waited for before the next is told. */
export interface News {
  /** The keys that are published; told whenever they have changed, first of all. */
  keys(kids: readonly string[]): Promise<void>;
  /** Places in the status lists whose sessions have ended; often again. A thousand at most. */
  ended(places: readonly number[]): Promise<void>;
  /** The database could be read, and all that was found is told. @param knownUpTo when the reading began */
  beat(knownUpTo: Instant): Promise<void>;
}

/**
 * Reads once what has been revoked and which keys there are.
 *
 * It looks back from where the last complete poll began, so that neither an outage nor a process that stood still loses anything; and
 * from there by more than commits may be late and clocks apart. The poll before a beat looks back the whole replay: what a beat stands
 * for is then true of clocks that are worse, too. The reader removes what it has heard before.
 *
 * @throws when the database cannot be read; what was found until then is told
 */
export type Poll = () => Promise<void>;

export function createPoll(
  deps: {
    db: Reads;
    clock: Clock;
    keys: { readonly ring: GetKeyRing };
    store: Pick<SessionsStore, 'endedAfter'>;
  },
  news: News,
): Poll {
  const { db, clock, keys, store } = deps;
  let kids: string | undefined;
  let completeAt: Instant | undefined;
  let beatAt: Instant | undefined;

  const readKeys = async (): Promise<void> => {
    const { all } = await keys.ring(feedTimes.poll);
    const present = all.map(({ kid }) => kid);
    if (present.join() === kids) return;
    kids = present.join();
    await news.keys(present);
  };

  const readEnded = async (since: Instant): Promise<void> => {
    let cursor: EndedSession | undefined = { endedAt: since, statusIndex: -1 };
    while (cursor !== undefined) {
      const page: EndedSession[] = await store.endedAfter(db, cursor);
      if (page.length > 0) await news.ended(page.map(({ statusIndex }) => statusIndex));
      cursor = page.at(-1);
      await breathe();
    }
  };

  return async () => {
    const begunAt = clock.now();
    // A clock that has stepped back says nothing about how long ago the last beat was.
    const beats = beatAt === undefined || begunAt < beatAt || begunAt - beatAt >= feedTimes.beat;
    await readKeys();
    await readEnded(Math.min(begunAt, completeAt ?? begunAt) - (beats ? feedTimes.replay : feedTimes.overlap));
    completeAt = begunAt;
    if (!beats) return;
    beatAt = begunAt;
    await news.beat(begunAt);
  };
}
