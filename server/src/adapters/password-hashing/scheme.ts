import { type Cost, estimateMs } from './cost.ts';
import { sameBytes } from './encodings.ts';

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
  /** About how many milliseconds of a core verifying `stored` takes (cost.ts); 0 for what is not recognised. */
  estimateMs(stored: string): number;
  /** Whether `password`, as it is, is behind `stored`. False for what is not recognised or not bearable. */
  verify(stored: string, password: string): Promise<boolean>;
}

/** A family whose hashes can be wrapped (wrapping.ts). */
export interface WrappableScheme extends Scheme {
  /**
   * Whether `stored` costs an attacker less than OWASP Password Storage asks for at least; families that it does not name are
   * weighed against the nearest that it does. False for what is not recognised.
   */
  isWeak(stored: string): boolean;
  /** The hash taken apart; undefined for what is not recognised. */
  part(stored: string): PartedHash | undefined;
  /** The digests of `password` by the salt and cost of `stored`, one for each way to spell it; none for what is not bearable. */
  digestsOf(stored: string, password: string): Promise<readonly Buffer[]>;
}

export interface PartedHash {
  /** What came out at the end, and what verifying compares. */
  readonly digest: Buffer;
  /** The same hash with zeros in the digest's place: it says how to compute, and nothing of the password. */
  readonly blank: string;
}

interface SchemeParts<Recipe extends PartedHash> {
  /** Reads a stored hash; undefined when it is none of this family. */
  read(stored: string): Recipe | undefined;
  isBearable(recipe: Recipe): boolean;
  costOf(recipe: Recipe): Cost;
  isWeak(recipe: Recipe): boolean;
  derive(recipe: Recipe, password: string): Promise<Buffer>;
  /** The forms in which the maker of such a hash may have seen the password; only as it is unless said. */
  spellings?(recipe: Recipe, password: string): readonly string[];
}

/** No hash of a known format is longer, wrapped or not; what is longer need not be read. */
export const longestStored = 1024;

/** Makes a scheme out of a reader and what is done with what it read. */
export function createScheme<Recipe extends PartedHash>(parts: SchemeParts<Recipe>): WrappableScheme {
  const { read, isBearable, costOf, isWeak, derive, spellings = (_, password) => [password] } = parts;
  const recipeOf = (stored: string) => (stored.length > longestStored ? undefined : read(stored));
  const bearableOf = (stored: string) => {
    const recipe = recipeOf(stored);
    return recipe !== undefined && isBearable(recipe) ? recipe : undefined;
  };

  /** One after the other: each may take all the memory that a hash is allowed. */
  const digestsBy = async (recipe: Recipe | undefined, password: string) => {
    const digests: Buffer[] = [];
    if (recipe === undefined) return digests;
    for (const spelling of spellings(recipe, password)) digests.push(await derive(recipe, spelling));
    return digests;
  };

  return {
    recognises: (stored) => recipeOf(stored) !== undefined,
    costIsBearable: (stored) => bearableOf(stored) !== undefined,
    estimateMs(stored) {
      const recipe = recipeOf(stored);
      return recipe === undefined ? 0 : estimateMs(costOf(recipe));
    },
    isWeak(stored) {
      const recipe = recipeOf(stored);
      return recipe !== undefined && isWeak(recipe);
    },
    part: recipeOf,
    digestsOf: (stored, password) => digestsBy(bearableOf(stored), password),
    async verify(stored, password) {
      const recipe = bearableOf(stored);
      const digests = await digestsBy(recipe, password);
      return recipe !== undefined && digests.some((digest) => sameBytes(digest, recipe.digest));
    },
  };
}
