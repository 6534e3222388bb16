/**
 * The port to password hashing. The work runs off the event loop, in a lane no wider than the cores.
 *
 * It takes passwords as they are: normalising (NFKC) is the caller's, because a hash that another system made may be
 * of the text as it was typed.
 *
 * @throws `overloaded` (unavailable) when the work could not start in time, mostly at once
 */
export interface Hasher {
  /** A new hash of `password` (already normalised) with today's parameters, as a PHC string. */
  hash(password: string): Promise<string>;
  /**
   * Whether `password` is the one behind `stored`. False also for a hash of no known format and for one that costs more
   * than a server can bear; these take the time of `dummy`, so that they do not stand out. Never throws for what `stored` says.
   */
  verify(stored: string, password: string): Promise<boolean>;
  /** Whether `stored` is older or weaker than what `hash` makes today: replace it at the next right password. */
  isOutdated(stored: string): boolean;
  /** Whether `stored` is a hash that `verify` can and will run: of a known format, whole, and not too costly. */
  canVerify(stored: string): boolean;
  /**
   * `stored` as it may be kept: where it is so weak that a thief of the database would find many passwords behind such hashes, a hash
   * over it. `verify` takes either.
   */
  wrapIfWeak(stored: string): Promise<string>;
  /** A hash that costs as much to verify as a new one and that no password matches: for accounts that do not exist. */
  readonly dummy: string;
}
