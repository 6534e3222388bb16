import type { Keys } from './keys.ts';
import type { Settings } from './options.ts';
import type { Clock } from './ports.ts';
import type { Revocation } from './revocation.ts';

/**
 * How revocations are known of at the moment.
 *
 * - `idle`: nobody has asked anything yet; `off`: they are not looked at; `closed`: the verifier is
 * - `feed`: each comes by within a second; `polling`: lists are fetched every `ttl`
 * - `stale`: the issuer has proven nothing for longer than `maxStalenessSeconds`: tokens are refused, or accepted, by `whenStale`
 */
export type VerifierMode = 'idle' | 'off' | 'feed' | 'polling' | 'stale' | 'closed';

/** For health pages; holds no secret. */
export interface VerifierState {
  readonly mode: VerifierMode;
  /** Since when. Milliseconds since 1970. */
  readonly since: number;
  /** When the issuer last proved that it could tell of revocations. Milliseconds since 1970. */
  readonly lastProofAt: number | undefined;
  /** Status lists that are held. */
  readonly lists: number;
  /** The ids of the keys in use. */
  readonly keys: readonly string[];
  /** Why there is no feed, where there should be one: for people, not for programs. */
  readonly fault: string | undefined;
}

/** Remembers since when things are as they are. */
export interface StateLog {
  started(): void;
  connected(now: boolean, cause?: unknown): void;
  state(closed: boolean): VerifierState;
}

export function createStateLog(clock: Clock, settings: Settings, revocation: Revocation, keys: Keys): StateLog {
  const staleMs =
    settings.revocation === 'off' ? Number.POSITIVE_INFINITY : settings.revocation.maxStalenessSeconds * 1_000;
  let mode: VerifierMode = 'idle';
  let since = clock.elapsed();
  let fault: string | undefined;

  const become = (next: VerifierMode): void => {
    if (next !== mode) since = clock.elapsed();
    mode = next;
  };

  return {
    started: () => become(settings.revocation === 'off' ? 'off' : 'polling'),
    connected(now, cause) {
      become(now ? 'feed' : 'polling');
      fault = now ? undefined : String(cause ?? 'the feed has ended');
    },
    state(closed) {
      if (closed) become('closed');
      const at = clock.elapsed();
      const wall = (elapsed: number): number => Math.round(clock.now() - (at - elapsed));
      const provenAt = revocation.provenAt();
      const isStale = mode !== 'closed' && revocation.listCount() > 0 && at - provenAt > staleMs;
      return {
        mode: isStale ? 'stale' : mode,
        since: wall(isStale ? provenAt + staleMs : since),
        lastProofAt: provenAt === Number.NEGATIVE_INFINITY ? undefined : wall(provenAt),
        lists: revocation.listCount(),
        keys: keys.kids(),
        fault,
      };
    },
  };
}
