import { createFeedProof } from './feed-proof.ts';
import type { FeedListener } from './feed-protocol.ts';
import { createListFetches } from './list-fetches.ts';
import { createLists, isRevoked, markRevoked, refuseRevoked, type StatusList } from './lists.ts';
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

/** How often is looked which lists are due. Milliseconds. */
const tickMs = 5_000;
/** Lists that nobody used for so long are dropped: longer than the feed's replay, shorter than a leak. Milliseconds. */
const unusedMs = 1_800_000;

export function createRevocation(deps: {
  readonly fetchList: (uri: string) => Promise<ReadList>;
  /** Whether a list may be there at all. */
  readonly isListUri: (uri: string) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly rules: RevocationRules;
}): Revocation {
  const { fetchList, isListUri, clock, timers, rules } = deps;
  const { maxStalenessMs } = rules;
  const lists = createLists();
  const proof = createFeedProof({ lists, clock });
  const fetches = createListFetches({ fetchList, proof, clock, maxStalenessMs });
  let stopTick = (): void => undefined;

  const isKnown = (list: StatusList, at: number): boolean =>
    list.size > 0 && at - proof.knownUpTo(list) <= maxStalenessMs;

  const isFresh = (list: StatusList, at: number): boolean => isKnown(list, at) && !(rules.onDemand && at >= list.dueAt);

  const refreshAll = async (due: (list: StatusList) => boolean): Promise<void> => {
    for (const list of lists.all()) if (!list.retired && due(list)) await fetches.refresh(list);
  };

  const isDue = (list: StatusList): boolean => list.size > 0 && !proof.keepsUp(list) && clock.elapsed() >= list.dueAt;

  const tick = (): void => {
    const at = clock.elapsed();
    for (const list of lists.all()) if (at - list.usedAt > unusedMs) lists.retire(list, at);
    void refreshAll(isDue);
    stopTick = timers.after(tickMs, tick);
  };

  const fetchIfStale = async (list: StatusList): Promise<void> => {
    if (isFresh(list, clock.elapsed())) return;
    const fetched = fetches.refresh(list);
    // While fetches fail again and again nobody waits for the next one, unless it is all that could make the answer a good one.
    if (list.failures === 0 || (list.size === 0 && rules.whenStale === 'refuse')) await fetched;
  };

  const refuseUnknown = (list: StatusList): void => {
    if (isKnown(list, clock.elapsed()) || rules.whenStale === 'accept') return;
    throw new TokenRefused('revocation-unknown', fetches.faultOf(list));
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
      await fetchIfStale(list);
      refuseRevoked(list, idx);
      refuseUnknown(list);
      return list;
    },
    listener: {
      opened(replaySeconds) {
        if (proof.opened(replaySeconds * 1_000)) void refreshAll(({ size }) => size > 0);
      },
      revoked(uri, indexes) {
        proof.told();
        if (isListUri(uri)) markRevoked(lists.at(uri, clock.elapsed()), indexes);
      },
      beat: proof.beat,
      lost() {
        proof.lost();
        void refreshAll(isDue);
      },
    },
    provenAt: proof.latest,
    listCount: () => lists.all().filter(({ size }) => size > 0).length,
    start() {
      if (!rules.onDemand) tick();
    },
    close: () => stopTick(),
  };
}
