/** Who wants something hashed, as far as it decides who waits for whom. */
export interface Asker {
  /** Where it comes from: an address, or what stands for all of a subscriber's. Sources take turns. */
  readonly source: string;
  /** Whether the request has shown that it is no stranger's, by what a stranger cannot have. Goes ahead. */
  readonly known: boolean;
}

/**
 * A place in the queue for a core. The works of its holder run in their turn, one after the other, and the core is theirs until the place
 * is left: `using place = hasher.admit(…)`. Leaving twice does nothing.
 */
export interface Place extends Disposable {
  /** @throws `overloaded` when the turn did not come in time after all */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * The port to password hashing. The work runs off the event loop, never more at a time than there are cores.
 *
 * It takes passwords as they are: normalising (NFKC) is the caller's, because a hash that another system made may be
 * of the text as it was typed.
 *
 * Whoever brings no place takes one for the work alone, as the operator.
 */
export interface Hasher {
  /**
   * A place in the queue, to be taken before anything else is done for a request, so that refusing it costs nothing.
   *
   * @param stored what is to be verified there: costly hashes have a queue of their own. A new hash unless said
   * @throws `overloaded` (unavailable), at once, when the turn would not come in time
   */
  admit(asker: Asker, stored?: string): Place;
  /** A new hash of `password` (already normalised) with today's parameters, as a PHC string. @throws `overloaded` */
  hash(password: string, place?: Place): Promise<string>;
  /**
   * The same in the place of `stored`, which it is behind: never with less memory or less work than an argon2 hash that stands there.
   * @throws `overloaded`
   */
  rehash(stored: string, password: string, place?: Place): Promise<string>;
  /**
   * Whether `password` is the one behind `stored`. False also for a hash of no known format and for one that costs more
   * than a server can bear; these take the time of `dummy`. Never throws for what `stored` says.
   * @throws `overloaded`
   */
  verify(stored: string, password: string, place?: Place): Promise<boolean>;
  /** Whether `rehash` makes something better than `stored`: replace it at the next right password. */
  isOutdated(stored: string): boolean;
  /** Whether `stored` is a hash that `verify` can and will run: of a known format, whole, and not too costly. */
  canVerify(stored: string): boolean;
  /**
   * `stored` as it may be kept: where it is so weak that a thief of the database would find many passwords behind such hashes, a hash
   * over it. `verify` takes either. @throws `overloaded`
   */
  wrapIfWeak(stored: string): Promise<string>;
  /** A hash that costs as much to verify as a new one and that no password matches. */
  readonly dummy: string;
}
