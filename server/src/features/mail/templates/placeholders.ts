import type { Locale, Template } from '../letters.ts';
import { languages } from './languages.ts';
import { sampleLetter } from './samples.ts';
import { say } from './say.ts';

export interface LetterPlace {
  readonly locale: Locale;
  readonly template: Template;
}

/** What may stand in a template: all that its letter says. */
export function placeholdersOf({ template, locale }: LetterPlace): readonly string[] {
  const letter = sampleLetter(template);
  const said = Object.keys(say({ to: '', locale, letter }, languages[locale], { name: '', support: undefined }));
  const hasCode = 'code' in letter.data && letter.data.code !== undefined;
  return said.filter((name) => name !== 'code' || hasCode);
}
