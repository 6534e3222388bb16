import { countCommonPasswords, isCommonPassword } from './common-passwords.ts';

/** Lengths in code points after NFKC. */
export interface PasswordLimits {
  readonly minLength: number;
  readonly maxLength: number;
}

/** The names that everybody knows of an account. */
export interface OwnNames {
  readonly username: string;
  readonly email: string;
}

/** A shorter name says nothing about a password that holds it. */
const leastNameLength = 3;

/**
 * The one form in which a password is hashed: NFKC (UAX #15 §12.1), so that `é` typed as one sign or as two is the same, and
 * so are letters of full width. NIST SP 800-63B-3 §5.1.1.2 asks for NFKC or NFKD; 63B-4 §3.1.1.2 (and RFC 8265 §4.2) for NFC,
 * which keeps the widths apart. We stay with NFKC: what an input method did must not lock its owner out.
 */
export const normalisePassword = (text: string): string => text.normalize('NFKC');

/** Whether two texts are one password: they would have the same hash. */
export const isSamePassword = (one: string, other: string): boolean =>
  normalisePassword(one) === normalisePassword(other);

const fold = (text: string): string => normalisePassword(text).toLowerCase();

/**
 * Why `password` (as typed or normalised) cannot be the password of the account with `ownNames`: one full sentence for each reason,
 * to be shown to its owner; empty when it is good.
 *
 * Each code point counts as one, nothing is cut, and there are no composition rules: NIST SP 800-63B-4 §3.1.1.2, which
 * also asks that the reason be told.
 */
export function checkPassword(password: string, limits: PasswordLimits, ownNames: OwnNames): readonly string[] {
  const normalised = normalisePassword(password);
  return [
    ...checkCharacters(normalised),
    ...checkLength(normalised, limits),
    ...(isCommonPassword(normalised)
      ? ['This is one of the commonest passwords. Choose one that is harder to guess.']
      : []),
    ...(isOwnName(normalised, limits, ownNames)
      ? ['This is your own name or e-mail address, or little more. Choose one that is harder to guess.']
      : []),
  ];
}

/** The rules of `checkPassword` as numbers, for those who write forms. */
export const describePolicy = ({ minLength, maxLength }: PasswordLimits) => ({
  minLength,
  maxLength,
  commonest: countCommonPasswords(),
  ownNames: { leastNameLength, leastOtherCharacters: minLength },
});

/**
 * Half a surrogate pair is no character: in UTF-8 every such half becomes the same sign, so that different passwords would match.
 * At a NUL other systems end a text (bcrypt, C): what stands after it would count here and not there.
 */
function checkCharacters(password: string): readonly string[] {
  if (!password.isWellFormed()) return ['Use characters that are complete: this password holds half of one.'];
  return password.includes('\0') ? ['Leave out the NUL character.'] : [];
}

function checkLength(password: string, { minLength, maxLength }: PasswordLimits): readonly string[] {
  const length = [...password].length;
  if (length < minLength) return [`Use at least ${minLength} characters.`];
  return length > maxLength ? [`Use at most ${maxLength} characters.`] : [];
}

/**
 * Whether the password is the username, the e-mail address or its local part, ignoring case, or one of them between so few
 * digits and signs (`alice2024!`) that these alone would be too short.
 *
 * That is as far as "the username, and derivatives thereof" (NIST SP 800-63B-4 §3.1.1.2) goes: a name among other words
 * (`alice in wonderland`) is a pass phrase, and the same section has the entire password compared, not its parts.
 */
function isOwnName(password: string, { minLength }: PasswordLimits, { username, email }: OwnNames): boolean {
  const folded = fold(password);
  const localPart = email.slice(0, Math.max(0, email.lastIndexOf('@')));
  return [username, email, localPart].map(fold).some((name) => {
    if (name.length < leastNameLength || !folded.includes(name)) return false;
    const rest = folded.replaceAll(name, '');
    return [...rest].length < minLength && !/\p{L}/u.test(rest);
  });
}
