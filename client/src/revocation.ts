import type { FeedListener } from './feed-protocol.ts';
import { createLists, isRevoked, markRevoked, merge, refuseRevoked, type StatusList } from './lists.ts';
import type { Clock, Timers } from './ports.ts';
import { TokenRefused } from './refused.ts';
import type { ReadList } from './status-list.ts';

/** How revocation is kept up with. */
export interface RevocationRules {
  readonly maxStalenessMs: number;
  readonly whenStale: 'refuse' | 'accept';
  /** No feed and no timers: whoever needs a list that is due fetches it. */
  readonly onDemand: boolean;
}

/** What is known of revocations, and how sure it is. */
export interface Revocation {
  /**
   * The list of a token that was not seen before, fetched if need be.
   *
   * @throws TokenRefused `revoked`, `no-status`, `revocation-unknown`
   */
  settle(uri: string, idx: number): Promise<StatusList>;
  /**
   * For the quick path, without waiting: false when `settle` must be asked.
   *
   * @throws TokenRefused `revoked`
   */
  holds(list: StatusList, idx: number): boolean;
  readonly listener: Pick<FeedListener, 'opened' | 'revoked' | 'beat' | 'lost'>;
  /** The last moment of which the issuer has proven that it could tell. Milliseconds of `elapsed`. */
  provenAt(): number;
  /** Keeps the lists up until `close`. */
  start(): void;
  listCount(): number;
  close(): void;
}

/** Milliseconds. */
const times = {
  tick: 5_000,
  leastTtl: 5_000,
  longestRetry: 30_000,
  /** Lists that nobody used for so long are dropped: longer than the feed's replay, shorter than a leak. */
  unused: 1_800_000,
};

export function createRevocation(deps: {
  readonly fetchList: (uri: string) => Promise<ReadList>;
  /** Whether a list may be there at all. */
  readonly isListUri: (uri: string) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly rules: RevocationRules;
}): Revocation {
  const { fetchList, isListUri, clock, timers, rules } = deps;
  const lists = createLists();
  /** `provenAt` counts from the first beat on: only then all that was revoked before the connection has come by. */
  const feed = { epoch: 0, live: false, openedAt: 0, replayMs: 0, settled: false, provenAt: Number.NEGATIVE_INFINITY };
  const faults = new WeakMap<StatusList, unknown>();
  let stopTick = (): void => undefined;

  const knownUpTo = (list: StatusList): number =>
    list.epoch === feed.epoch && feed.provenAt > list.provenAt ? feed.provenAt : list.provenAt;

  const isFresh = (list: StatusList, at: number): boolean =>
    list.size > 0 && at - knownUpTo(list) <= rules.maxStalenessMs && !(rules.onDemand && at >= list.dueAt);

  /**
   * Whether fetch and feed leave no gap: the feed replays what was revoked before it opened (half of that is left for clocks that differ),
   * and nothing that it told was forgotten since.
   */
  const isCompletedByFeed = ({ provenAt }: StatusList): boolean =>
    provenAt >= feed.openedAt - feed.replayMs / 2 && provenAt > lists.retiredAt();

  const take = (list: StatusList, read: ReadList): void => {
    merge(list, read);
    const at = clock.elapsed();
    list.provenAt = Math.max(list.provenAt, at - Math.max(0, clock.now() - read.issuedAt * 1_000));
    const ttl = Math.max(times.leastTtl, Math.min(read.ttl * 1_000, rules.maxStalenessMs / 2));
    list.dueAt = Math.max(list.provenAt + ttl, at + times.leastTtl);
    if (feed.live && isCompletedByFeed(list)) list.epoch = feed.epoch;
    list.failures = 0;
  };

  const fetchOnce = async (list: StatusList): Promise<void> => {
    list.attemptedAt = clock.elapsed();
    try {
      take(list, await fetchList(list.uri));
    } catch (cause) {
      list.failures += 1;
      faults.set(list, cause);
    } finally {
      list.flight = undefined;
    }
  };

  const mayRetry = ({ failures, attemptedAt }: StatusList): boolean =>
    failures === 0 || clock.elapsed() - attemptedAt >= Math.min(500 * 2 ** failures, times.longestRetry);

  /** Never rejects. Single-flight: a thousand tokens of a list that is not there make one request. */
  const refresh = (list: StatusList): Promise<void> => {
    if (list.flight === undefined && !mayRetry(list)) return Promise.resolve();
    list.flight ??= fetchOnce(list);
    return list.flight;
  };

  const refreshAll = async (due: (list: StatusList) => boolean): Promise<void> => {
    for (const list of lists.all()) if (!list.retired && due(list)) await refresh(list);
  };

  const isDue = (list: StatusList): boolean =>
    list.size > 0 && !(feed.live && list.epoch === feed.epoch) && clock.elapsed() >= list.dueAt;

  const tick = (): void => {
    const at = clock.elapsed();
    for (const list of lists.all()) if (at - list.usedAt > times.unused) lists.retire(list, at);
    void refreshAll(isDue);
    stopTick = timers.after(times.tick, tick);
  };

  const refuseUnknown = (list: StatusList): void => {
    if (rules.whenStale === 'refuse') throw new TokenRefused('revocation-unknown', faults.get(list));
  };

  return {
    holds(list, idx) {
      if (isRevoked(list, idx)) throw new TokenRefused('revoked');
      const at = clock.elapsed();
      list.usedAt = at;
      return !list.retired && isFresh(list, at);
    },
    async settle(uri, idx) {
      if (!isListUri(uri)) throw new TokenRefused('no-status');
      const list = lists.at(uri, clock.elapsed());
      list.usedAt = clock.elapsed();
      if (!isFresh(list, clock.elapsed())) {
        const fetched = refresh(list);
        // While fetches fail again and again nobody waits for the next one, unless it is all that could make the answer a good one.
        if (list.failures === 0 || (list.size === 0 && rules.whenStale === 'refuse')) await fetched;
      }
      refuseRevoked(list, idx);
      if (list.size === 0 || clock.elapsed() - knownUpTo(list) > rules.maxStalenessMs) refuseUnknown(list);
      return list;
    },
    listener: {
      opened(replaySeconds) {
        for (const list of lists.all()) list.provenAt = knownUpTo(list);
        const reconnected = feed.epoch > 0;
        const opened = { live: true, settled: false, openedAt: clock.elapsed(), replayMs: replaySeconds * 1_000 };
        Object.assign(feed, opened, { epoch: feed.epoch + 1, provenAt: Number.NEGATIVE_INFINITY });
        for (const list of lists.all()) if (isCompletedByFeed(list)) list.epoch = feed.epoch;
        if (reconnected) void refreshAll(({ size }) => size > 0);
      },
      revoked(uri, indexes) {
        if (feed.settled) feed.provenAt = clock.elapsed();
        if (isListUri(uri)) markRevoked(lists.at(uri, clock.elapsed()), indexes);
      },
      beat() {
        feed.settled = true;
        feed.provenAt = clock.elapsed();
      },
      lost() {
        feed.live = false;
        void refreshAll(isDue);
      },
    },
    provenAt: () => lists.all().reduce((latest, list) => Math.max(latest, list.provenAt), feed.provenAt),
    listCount: () => lists.all().filter(({ size }) => size > 0).length,
    start() {
      if (!rules.onDemand) tick();
    },
    close: () => stopTick(),
  };
}
