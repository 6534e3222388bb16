/** The port through which something is done again and again, so that tests can drive it. */
export interface Ticker {
  /** Calls `work` every so many milliseconds. It must not throw. @returns what ends it */
  every(milliseconds: number, work: () => void): () => void;
}
