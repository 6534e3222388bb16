import type { Locale, Template } from '../letters.ts';
import { languages } from './languages.ts';
import { sampleLetter } from './samples.ts';
import { say } from './say.ts';

export interface LetterPlace {
  readonly locale: Locale;
  readonly template: Template;
}

/** What may stand in a template: all that its letter says. */
export const placeholdersOf = ({ template, locale }: LetterPlace): readonly string[] =>
  Object.keys(
    say({ to: '', locale, letter: sampleLetter(template) }, languages[locale], { name: '', support: undefined }),
  );
