import type { Contact } from '../brand.ts';
import type { Posting } from '../letters.ts';
import type { LanguageWords, LetterWords, Said } from './words.ts';

/** A letter in its reader's words, before it is text or HTML. */
export interface LetterParts extends LetterWords {
  readonly subject: string;
  readonly greeting: string;
  readonly link: string;
  /** Empty where there is none. */
  readonly code: string;
  /** When it happened and from where: what it is, and the value. */
  readonly facts: readonly (readonly [what: string, value: string])[];
  readonly support: Contact | undefined;
}

/** @param said as `say` has it of the same posting */
export function partsOf(
  { letter: { template } }: Posting,
  said: Readonly<Record<string, string>>,
  words: LanguageWords,
  support: Contact | undefined,
): LetterParts {
  // `say` gives each letter what its template asks for; that the two go together is beyond the compiler.
  const letter = (words.letters[template] as (said: Said<never>) => LetterWords)(said as Said<never>);
  const facts = (['at', 'ip', 'device'] as const).flatMap((name) =>
    said[name] === undefined ? [] : [[words[name], said[name]] as const],
  );
  const { brand = '', username = '', link = '', code = '' } = said;
  const subject = words.subject(brand, letter.title);
  return { ...letter, subject, greeting: words.greeting(username), link, code, facts, support };
}
