/** What a witness is told: a line of JSON with a signed checkpoint of the audit record. */
export interface Witnessed {
  /** How many rows it seals. */
  readonly size: number;
  /** Ends without a line break. */
  readonly line: string;
}

/**
 * The port to whoever keeps checkpoints of the audit record out of reach of the database, so that a record that was cut off or set back
 * can be told from one that was not.
 */
export interface Witness {
  /** For the log: `file:…`, `stdout`, or the origin of an address. */
  readonly name: string;
  /** Keeps what it is told; what it has already it may leave out. @throws when that is not known to have worked */
  tell(told: Witnessed): Promise<void>;
}

/** Where checkpoints are kept, as the configuration names it. */
export type WitnessPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'web'; readonly url: string };
