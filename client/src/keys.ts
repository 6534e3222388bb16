import type { VerifyKey } from './jws.ts';
import type { PublishedKey } from './key-set.ts';
import type { Clock } from './ports.ts';
import { TokenRefused } from './refused.ts';

/** The issuer's keys, as far as they are known here. */
export interface Keys {
  /**
   * The key of that id, after a look at the issuer when it is unknown and the last look was not just now.
   *
   * @throws TokenRefused `issuer-unavailable`
   */
  find(kid: string): Promise<VerifyKey | undefined>;
  /**
   * Fetches them unless they are here.
   *
   * @throws TokenRefused `issuer-unavailable`
   */
  load(): Promise<void>;
  /** Called with every use: looks again in the background when the last look is old. Does nothing else. */
  touch(): void;
  /** Whether keys were seen lately enough to believe them. */
  usable(): boolean;
  /** The feed says which keys are published now. */
  announce(kids: readonly string[]): void;
  /** The feed has ended: what it announced last is no longer now. */
  forgetAnnouncement(): void;
  kids(): readonly string[];
}

/** Milliseconds. */
const times = {
  /** How long the issuer lets its JWKS be cached. */
  refresh: 300_000,
  /** Made-up key ids make one request in so long, however many they are. */
  unknownKid: 5_000,
  /** Keys that nobody could confirm for so long are no longer believed: without it, cutting off the issuer would undo a withdrawal. */
  maxAge: 86_400_000,
  longestRetry: 30_000,
};

/** Withdrawn ids that are remembered, so that an old copy of the JWKS cannot bring them back. */
const maxBanned = 256;

interface HeldKey extends VerifyKey {
  /** What the key is made of: the same id with another key is another key. */
  readonly material: string;
}

/** @param onWithdrawn is told after keys went out of use */
export function createKeys(deps: {
  readonly fetchKeys: () => Promise<ReadonlyMap<string, PublishedKey>>;
  readonly clock: Clock;
  readonly onWithdrawn: () => void;
}): Keys {
  const { fetchKeys, clock, onWithdrawn } = deps;
  let held = new Map<string, HeldKey>();
  let announced: ReadonlySet<string> | undefined;
  const banned = new Set<string>();
  let doubtful: ReadonlySet<string> = new Set();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let fault: unknown;
  let flight: Promise<void> | undefined;

  const hold = (next: Map<string, HeldKey>): void => {
    const gone = [...held.values()].filter((key) => next.get(key.kid) !== key);
    for (const key of gone) key.withdrawn = true;
    held = next;
    if (gone.length > 0) onWithdrawn();
  };

  const adopt = (published: ReadonlyMap<string, PublishedKey>): void => {
    const next = new Map<string, HeldKey>();
    const unclear = new Set<string>();
    for (const { kid, alg, key, material } of published.values()) {
      const known = held.get(kid);
      // A copy out of a cache may be older than the feed, or a fresh one newer: neither to be believed nor to be refused for good.
      if (banned.has(kid) || announced?.has(kid) === false) unclear.add(kid);
      else if (known?.material === material) next.set(kid, known);
      else next.set(kid, { kid, alg, key, material, withdrawn: false });
    }
    doubtful = unclear;
    hold(next);
  };

  const look = async (): Promise<void> => {
    attemptedAt = clock.elapsed();
    try {
      adopt(await fetchKeys());
      fetchedAt = clock.elapsed();
      failures = 0;
    } catch (cause) {
      failures += 1;
      fault = cause;
    } finally {
      flight = undefined;
    }
  };

  /** Never rejects: `failures` and `fault` tell. */
  const load = (): Promise<void> => {
    flight ??= look();
    return flight;
  };

  const mayRetry = (): boolean =>
    failures === 0 || clock.elapsed() - attemptedAt >= Math.min(500 * 2 ** failures, times.longestRetry);

  const usable = (): boolean => clock.elapsed() - fetchedAt < times.maxAge;

  const touch = (): void => {
    const due = clock.elapsed() - Math.max(fetchedAt, attemptedAt) >= times.refresh || failures > 0;
    if (due && flight === undefined && mayRetry()) void load();
  };

  const unavailable = (): TokenRefused => new TokenRefused('issuer-unavailable', fault);

  const ensure = async (): Promise<void> => {
    if (!usable() && (flight !== undefined || mayRetry())) await load();
    if (!usable()) throw unavailable();
  };

  return {
    touch,
    usable,
    kids: () => [...held.keys()],
    load: ensure,
    async find(kid) {
      if (!usable()) await ensure();
      touch();
      const key = held.get(kid);
      if (key !== undefined || banned.has(kid)) return key;
      if (flight !== undefined || (clock.elapsed() - attemptedAt >= times.unknownKid && mayRetry())) await load();
      const found = held.get(kid);
      // That the feed names it and the JWKS does not yet is a cache on the way: nothing that the token is to blame for.
      const isToCome = failures > 0 || doubtful.has(kid) || announced?.has(kid) === true;
      if (found === undefined && isToCome) throw unavailable();
      return found;
    },
    announce(kids) {
      announced = new Set(kids);
      for (const kid of held.keys()) if (!announced.has(kid)) banned.add(kid);
      for (const kid of kids) banned.delete(kid);
      for (const kid of banned) if (banned.size > maxBanned) banned.delete(kid);
      hold(new Map([...held].filter(([kid]) => announced?.has(kid))));
      if (kids.every((kid) => held.has(kid))) return;
      // A look that is under way may have begun before the change.
      if (flight === undefined) void load();
      else void flight.then(load);
    },
    forgetAnnouncement() {
      announced = undefined;
    },
  };
}
