import { isSafe } from './discovery.ts';

/** How revocation is kept up with, and what happens where it cannot be. */
export interface RevocationOptions {
  /**
   * How old the proof may be that the issuer could tell of revocations: an event of its feed, or a list of it. Seconds; default 60,
   * at least 10.
   */
  readonly maxStalenessSeconds?: number;
  /** What happens to good tokens when the proof is older: `refuse` (default, fail closed) or `accept` (fail open). */
  readonly whenStale?: 'refuse' | 'accept';
  /**
   * `false`: no feed and no background work; lists are fetched by the verification that needs them, once in their `ttl` (30 s). For
   * platforms that stop between two requests (Workers, Lambda).
   */
  readonly feed?: boolean;
}

/** What `createVerifier` takes. */
export interface VerifierOptions {
  /** The issuer's URL, to the letter as it stands in its tokens (`PUBLIC_URL` of the server): https, or http on this machine. */
  readonly issuer: string;
  /** What must stand in `aud`; default: the issuer. */
  readonly audience?: string;
  /** How far clocks may differ, for `exp` and `nbf`. Seconds, 0 to 300; default 5. */
  readonly clockToleranceSeconds?: number;
  /** `'off'`: signature and claims only; a revoked token is good until it expires. */
  readonly revocation?: 'off' | RevocationOptions;
  /** Accept tokens that name no status list, which therefore cannot be revoked; default false. */
  readonly allowWithoutStatus?: boolean;
  /** Origins besides the issuer's where its keys and its feed may live; they may then be plain http, too. Default: none. */
  readonly trustedOrigins?: readonly string[];
  /** How many verified tokens are remembered at least; at most twice as many. Default 10,000. */
  readonly cacheSize?: number;
  /** In place of the platform's `fetch`: for a proxy, or to reach the issuer by another way. */
  readonly fetch?: typeof fetch;
}

/** Options with every default filled in. */
export interface Settings {
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceSeconds: number;
  readonly revocation: 'off' | Required<RevocationOptions>;
  readonly allowWithoutStatus: boolean;
  readonly trustedOrigins: readonly string[];
  readonly cacheSize: number;
}

/** @throws TypeError when an option could not do what it says */
export function readOptions(options: VerifierOptions): Settings {
  const { issuer, revocation = {} } = options;
  if (!URL.canParse(issuer) || !isSafe(new URL(issuer)))
    throw new TypeError('issuer must be an https URL, or http on this machine');
  if (/[?#]/.test(issuer) || new URL(issuer).username !== '')
    throw new TypeError('issuer must not have a query, a fragment, or a user');
  return {
    issuer,
    audience: options.audience ?? issuer,
    clockToleranceSeconds: within('clockToleranceSeconds', options.clockToleranceSeconds ?? 5, 0, 300),
    revocation: revocation === 'off' ? 'off' : readRevocation(revocation),
    allowWithoutStatus: options.allowWithoutStatus ?? false,
    trustedOrigins: (options.trustedOrigins ?? []).map((origin) => new URL(origin).origin),
    cacheSize: within('cacheSize', options.cacheSize ?? 10_000, 1, 1_000_000),
  };
}

function readRevocation(options: RevocationOptions): Required<RevocationOptions> {
  const { whenStale = 'refuse', feed = true } = options;
  // A typing error must not open what was to be closed.
  if (whenStale !== 'refuse' && whenStale !== 'accept') throw new TypeError("whenStale must be 'refuse' or 'accept'");
  return {
    maxStalenessSeconds: within('maxStalenessSeconds', options.maxStalenessSeconds ?? 60, 10, 86_400),
    whenStale,
    feed,
  };
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new TypeError(`${name} must be a number from ${least} to ${most}`);
}
