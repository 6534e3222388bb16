import type { FeedProof } from './feed-proof.ts';
import { merge, type StatusList } from './lists.ts';
import type { Clock } from './ports.ts';
import type { ReadList } from './status-list.ts';

/** Fetches lists, one request at a time for each, less often while that fails. */
export interface ListFetches {
  /** Never rejects. Single-flight: a thousand tokens of a list that is not there make one request. */
  refresh(list: StatusList): Promise<void>;
  /** Why the last fetch failed. */
  faultOf(list: StatusList): unknown;
}

/** Milliseconds. */
const leastTtl = 5_000;
const longestRetry = 30_000;

export function createListFetches(deps: {
  readonly fetchList: (uri: string) => Promise<ReadList>;
  readonly proof: Pick<FeedProof, 'join'>;
  readonly clock: Clock;
  /** A list is due at half of it at the latest. Milliseconds. */
  readonly maxStalenessMs: number;
}): ListFetches {
  const { fetchList, proof, clock, maxStalenessMs } = deps;
  const faults = new WeakMap<StatusList, unknown>();

  const take = (list: StatusList, read: ReadList): void => {
    merge(list, read);
    const at = clock.elapsed();
    list.provenAt = Math.max(list.provenAt, at - Math.max(0, clock.now() - read.issuedAt * 1_000));
    const ttl = Math.max(leastTtl, Math.min(read.ttl * 1_000, maxStalenessMs / 2));
    list.dueAt = Math.max(list.provenAt + ttl, at + leastTtl);
    proof.join(list);
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
    failures === 0 || clock.elapsed() - attemptedAt >= Math.min(500 * 2 ** failures, longestRetry);

  return {
    refresh(list) {
      if (list.flight === undefined && !mayRetry(list)) return Promise.resolve();
      list.flight ??= fetchOnce(list);
      return list.flight;
    },
    faultOf: (list) => faults.get(list),
  };
}
