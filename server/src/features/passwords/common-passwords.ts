import { readFileSync } from 'node:fs';

/**
 * The least that `PASSWORD_MIN_LENGTH` may be: NIST SP 800-63B-4 §3.1.1.2 demands eight where there is a second factor, and 15
 * where there is none. What is shorter is refused for its length and needs no place in the list.
 */
export const leastMinLength = 8;

/** The entries that are long enough to be anybody's password. */
export function indexPasswords(entries: readonly string[], minLength: number): ReadonlySet<string> {
  return new Set(entries.filter((entry) => entry.length >= minLength));
}

let index: ReadonlySet<string> | undefined;

/**
 * Some 18,000 of the commonest passwords of leaks, all in lower case: the list of zxcvbn-ts. NIST SP 800-63B-4 §3.1.1.2 asks
 * for as many as an attacker could try before the throttle stops him, and calls much longer lists of little use.
 *
 * Read at the first use (about 10 ms, once), and as a file rather than a module, so that its shorter entries are not kept in memory.
 */
function load(): ReadonlySet<string> {
  const file = new URL(import.meta.resolve('@zxcvbn-ts/language-common/src/passwords.json'));
  const text = readFileSync(file, 'utf8');
  return indexPasswords(JSON.parse(text) as string[], leastMinLength);
}

function loaded(): ReadonlySet<string> {
  index ??= load();
  return index;
}

/** How many passwords are in the list. */
export const countCommonPasswords = (): number => loaded().size;

/**
 * Whether `password` as a whole, ignoring case, is among the commonest, or is one character over and over.
 * Not whether it contains one: NIST SP 800-63B-4 §3.1.1.2 has the entire password compared.
 */
export function isCommonPassword(password: string): boolean {
  const folded = password.toLowerCase();
  return loaded().has(folded) || new Set(folded).size === 1;
}
