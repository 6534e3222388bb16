import type { PageLanguage } from './words.ts';

/** Lengths of new passwords, in code points. */
export interface PasswordLengths {
  readonly minLength: number;
  readonly maxLength: number;
}

/** A sentence with its number. */
export const withNumber = (sentence: string, number: number): string => sentence.replace('%', String(number));

/** What the script of a page says when something happens. */
export function scriptTexts(
  { codes, reasons, wait, unreachable, working, fillIn }: PageLanguage,
  lengths: PasswordLengths,
) {
  const { minLength, maxLength } = lengths;
  // The server tells reasons as sentences without codes. One that is not among these is shown as it comes.
  const details = {
    [`Use at least ${minLength} characters.`]: withNumber(reasons.tooShort, minLength),
    [`Use at most ${maxLength} characters.`]: withNumber(reasons.tooLong, maxLength),
    'This is one of the commonest passwords. Choose one that is harder to guess.': reasons.common,
    'This is your own name or e-mail address, or little more. Choose one that is harder to guess.': reasons.ownName,
    'This password is known from a data breach. Choose one that you use nowhere else.': reasons.breached,
  };
  return { codes, details, wait, unreachable, working, fillIn };
}
