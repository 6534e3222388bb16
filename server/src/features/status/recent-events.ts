import type { Clock } from '../../kernel/clock.ts';
import { feedTimes } from './policy.ts';

/** What the feed has told of late: to tell nothing twice, and to tell it again to those who come later. */
export interface RecentEvents {
  /** Those of `places` that it does not know, which it knows from now on. */
  unknownOf(places: readonly number[]): number[];
  add(events: Buffer): void;
  /** All events of the last `feedTimes.replay`, and perhaps some from before. */
  all(): Buffer;
}

interface Generation {
  readonly places: Set<number>;
  readonly events: Buffer[];
}

const empty = (): Generation => ({ places: new Set(), events: [] });

/** Two generations, of which the older is dropped whole: nothing is searched for what has become old. */
export function createRecentEvents(clock: Clock): RecentEvents {
  let [old, young] = [empty(), empty()];
  let since = clock.now();
  let joined: Buffer | undefined;

  const turn = (): void => {
    const now = clock.now();
    if (now < since) since = now;
    if (now - since < feedTimes.replay) return;
    [old, young] = [young, empty()];
    since = now;
    joined = undefined;
  };

  return {
    unknownOf(places) {
      turn();
      const unknown = places.filter((place) => !young.places.has(place) && !old.places.has(place));
      for (const place of unknown) young.places.add(place);
      return unknown;
    },
    add(events) {
      turn();
      young.events.push(events);
      joined = undefined;
    },
    all() {
      turn();
      joined ??= Buffer.concat([...old.events, ...young.events]);
      return joined;
    },
  };
}
