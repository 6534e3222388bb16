import type { Lists, StatusList } from './lists.ts';
import type { Clock } from './ports.ts';

/**
 * What a connected feed proves: as long as it beats, a list that was complete when it connected is complete now. Each connection is an
 * epoch; a list belongs to it from the moment at which fetch and feed leave no gap between them.
 */
export interface FeedProof {
  /** @returns whether there was a connection before */
  opened(replayMs: number): boolean;
  /** An event came: before the first beat it proves nothing, since more of the replay may follow. */
  told(): void;
  beat(): void;
  lost(): void;
  /** The list was just fetched: from now on the feed completes it, if nothing lies between. */
  join(list: StatusList): void;
  /** Whether the feed keeps the list up, so that it need not be fetched. */
  keepsUp(list: StatusList): boolean;
  /** Up to when the list is known, by fetches and feed together. Milliseconds of `elapsed`. */
  knownUpTo(list: StatusList): number;
  /** The last moment of which a fetch or the feed has proven that the issuer could tell. Milliseconds of `elapsed`. */
  latest(): number;
}

export function createFeedProof({ lists, clock }: { lists: Lists; clock: Clock }): FeedProof {
  /** `provenAt` counts from the first beat on: only then all that was revoked before the connection has come by. */
  const feed = { epoch: 0, live: false, openedAt: 0, replayMs: 0, settled: false, provenAt: Number.NEGATIVE_INFINITY };

  const knownUpTo = (list: StatusList): number =>
    list.epoch === feed.epoch && feed.provenAt > list.provenAt ? feed.provenAt : list.provenAt;

  /**
   * Whether fetch and feed leave no gap: the feed replays what was revoked before it opened (half of that is left for clocks that differ),
   * and nothing that it told was forgotten since.
   */
  const isCompletedByFeed = ({ provenAt }: StatusList): boolean =>
    provenAt >= feed.openedAt - feed.replayMs / 2 && provenAt > lists.retiredAt();

  const join = (list: StatusList): void => {
    if (feed.live && isCompletedByFeed(list)) list.epoch = feed.epoch;
  };

  return {
    knownUpTo,
    join,
    opened(replayMs) {
      // What the last connection has proven stays known when its epoch is over.
      for (const list of lists.all()) list.provenAt = knownUpTo(list);
      const again = feed.epoch > 0;
      const opened = { live: true, settled: false, openedAt: clock.elapsed(), replayMs };
      Object.assign(feed, opened, { epoch: feed.epoch + 1, provenAt: Number.NEGATIVE_INFINITY });
      for (const list of lists.all()) join(list);
      return again;
    },
    told() {
      if (feed.settled) feed.provenAt = clock.elapsed();
    },
    beat() {
      feed.settled = true;
      feed.provenAt = clock.elapsed();
    },
    lost() {
      feed.live = false;
    },
    keepsUp: (list) => feed.live && list.epoch === feed.epoch,
    latest: () => lists.all().reduce((latest, list) => Math.max(latest, list.provenAt), feed.provenAt),
  };
}
