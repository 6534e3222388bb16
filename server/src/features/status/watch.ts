import type { Reads } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Ticker } from '../../kernel/ticker.ts';
import type { GetKeyRing } from '../keys/index.ts';
import { type SessionsStore, statusListSize, statusListUri } from '../sessions/index.ts';
import { eventText, feedTimes, revokedEvents } from './policy.ts';
import { createPoll } from './poll.ts';
import { createRecentEvents } from './recent-events.ts';

export interface WatchDeps {
  readonly db: Reads;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly keys: { readonly ring: GetKeyRing };
  readonly store: Pick<SessionsStore, 'endedAfter'>;
  readonly issuer: string;
}

/** A time of reading the database again and again: it begins knowing nothing. */
export interface Watch {
  /** Sees to it that it knows how things stand. @throws when the database cannot be read */
  ready(): Promise<void>;
  /** What a newcomer is told first, in the order in which it is to be sent. After `ready` only. */
  greeting(): readonly Buffer[];
  /** Tells nothing any more; resolves when nothing reads any more. */
  stop(): Promise<void>;
}

/** From this age on, what the watch knows is too old for a newcomer: four polls have failed. */
const staleAfterMs = 1_000;

/** @param tell hears all that is new; the next news wait until it is done */
export function beginWatch(deps: WatchDeps, tell: (events: Buffer) => Promise<void>): Watch {
  const { clock, ticker, issuer } = deps;
  const lists = { listSize: statusListSize, uriOf: (list: number) => statusListUri(issuer, list) };
  const recent = createRecentEvents(clock);
  let kids: readonly string[] = [];
  let completeAt: Instant | undefined;
  let polling: Promise<void> | undefined;
  let stopped = false;

  const tellUnlessStopped = async (events: Buffer): Promise<void> => (stopped ? undefined : tell(events));

  const poll = createPoll(deps, {
    keys: (present) => {
      kids = present;
      return tellUnlessStopped(Buffer.from(eventText('keys', { kids })));
    },
    ended: async (found) => {
      const places = recent.unknownOf(found);
      if (places.length === 0) return;
      const events = Buffer.from(revokedEvents(places, lists));
      // Before it is told, so that who joins meanwhile hears of it either way.
      recent.add(events);
      await tellUnlessStopped(events);
    },
    // With its time, so that the reader of a stream that was held back on the way sees how far it is behind.
    beat: (knownUpTo) => tellUnlessStopped(Buffer.from(eventText('beat', { at: Math.floor(knownUpTo / 1_000) }))),
  });

  const pollAlone = (): Promise<void> => {
    polling ??= poll()
      .then(() => {
        completeAt = clock.now();
      })
      .finally(() => {
        polling = undefined;
      });
    return polling;
  };

  // That it fails shows in the beat that does not come, and at /readyz.
  const endTicks = ticker.every(feedTimes.poll, () => void pollAlone().catch(() => {}));

  const isCurrent = (): boolean => {
    const age = completeAt === undefined ? staleAfterMs : clock.now() - completeAt;
    return age >= 0 && age < staleAfterMs;
  };

  return {
    async ready() {
      if (!isCurrent()) await pollAlone();
    },
    greeting() {
      const hello = { issuer, beat_seconds: feedTimes.beat / 1_000, replay_seconds: feedTimes.replay / 1_000 };
      const replay = recent.all();
      const first = Buffer.from(eventText('hello', hello) + eventText('keys', { kids }));
      return replay.length === 0 ? [first] : [first, replay];
    },
    async stop() {
      stopped = true;
      endTicks();
      await polling?.catch(() => {});
    },
  };
}
