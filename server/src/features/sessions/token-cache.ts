/** Remembers what was computed for a token. Bounded; the whole token is the key, so nothing can collide. */
export interface TokenCache<V> {
  get(token: string): V | undefined;
  set(token: string, value: V): void;
}

/**
 * A signature check costs twenty times the read of the session, and would be 85 % of a request's work. Two generations instead of a
 * list of least recent use: when the young one is full it becomes the old one, and what nobody asked for goes with the next turn.
 *
 * @param perGeneration entries; some 700 bytes each
 */
export function createTokenCache<V>(perGeneration = 5_000): TokenCache<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();

  const set = (token: string, value: V): void => {
    if (young.size >= perGeneration) {
      old = young;
      young = new Map();
    }
    young.set(token, value);
  };

  return {
    set,
    get(token) {
      const value = young.get(token);
      if (value !== undefined) return value;
      const older = old.get(token);
      if (older !== undefined) set(token, older);
      return older;
    },
  };
}
