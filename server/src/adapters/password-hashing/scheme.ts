/**
 * One family of password hashes. What it does not recognise, it neither judges nor runs.
 *
 * The ceilings of all schemes follow one yardstick: about two seconds of one core and 256 MiB. That leaves room above
 * everything that frameworks make by default, and turns away an imported hash that would hold a core for hours.
 */
export interface Scheme {
  /** Whether `stored` is a complete and well-formed hash of this family, not only its prefix. */
  recognises(stored: string): boolean;
  /** Whether a server can afford to verify `stored`. */
  costIsBearable(stored: string): boolean;
  /** Whether `password`, as it is, is behind `stored`. False for what is not recognised or not bearable. */
  verify(stored: string, password: string): Promise<boolean>;
}

interface SchemeParts<Recipe> {
  /** Reads a stored hash; undefined when it is none of this family. */
  read(stored: string): Recipe | undefined;
  isBearable(recipe: Recipe): boolean;
  matches(recipe: Recipe, password: string): Promise<boolean>;
}

/** No hash of a known format is longer; what is longer need not be read. */
const longestStored = 1024;

/** Makes a scheme out of a reader and what is done with what it read. */
export function createScheme<Recipe>({ read, isBearable, matches }: SchemeParts<Recipe>): Scheme {
  const recipeOf = (stored: string) => (stored.length > longestStored ? undefined : read(stored));
  return {
    recognises: (stored) => recipeOf(stored) !== undefined,
    costIsBearable(stored) {
      const recipe = recipeOf(stored);
      return recipe !== undefined && isBearable(recipe);
    },
    async verify(stored, password) {
      const recipe = recipeOf(stored);
      return recipe !== undefined && isBearable(recipe) && (await matches(recipe, password));
    },
  };
}
