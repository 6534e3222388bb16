/** What is remembered of verified tokens: bounded, by the whole token, so that nothing can pass for another. */
export interface TokenCache<V> {
  get(token: string): V | undefined;
  set(token: string, value: V): void;
  delete(token: string): void;
  /** Forgets every entry that `gone` is true of. */
  sweep(gone: (value: V) => boolean): void;
}

/**
 * Two generations: a full young one becomes the old one, and what nobody asked for meanwhile goes at the next turn. Cheaper than a list
 * of least recent use, and as bounded.
 *
 * @param perGeneration entries; there are never more than twice as many. 1 to 2 KB each.
 */
export function createTokenCache<V>(perGeneration: number): TokenCache<V> {
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
      if (older === undefined) return undefined;
      old.delete(token);
      set(token, older);
      return older;
    },
    delete(token) {
      young.delete(token);
      old.delete(token);
    },
    sweep(gone) {
      for (const generation of [young, old]) {
        for (const [token, value] of generation) if (gone(value)) generation.delete(token);
      }
    },
  };
}
