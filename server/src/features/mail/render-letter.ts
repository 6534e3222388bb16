import type { Brand } from './brand.ts';
import type { Posting } from './letters.ts';
import { htmlLetter } from './templates/html-letter.ts';
import { languages } from './templates/languages.ts';
import type { LetterPart } from './templates/overrides.ts';
import { partsOf } from './templates/parts.ts';
import { say } from './templates/say.ts';
import { textLetter } from './templates/text-letter.ts';

/** What a mail says, ready to be sent. */
export interface RenderedLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type RenderLetter = (posting: Posting, brand: Brand) => RenderedLetter;

/** Gives a letter its words: those of the operator's files where they have some, else ours. */
export function renderLetter(posting: Posting, brand: Brand): RenderedLetter {
  const { locale, letter } = posting;
  const words = languages[locale];
  const said = say(posting, words, brand);
  const own = (part: LetterPart) => brand.overrides.fill(part, { locale, template: letter.template }, said);
  const subject = own('subject');
  const parts = { ...partsOf(posting, said, words, brand.support), ...(subject === undefined ? {} : { subject }) };
  return {
    subject: parts.subject,
    text: own('text') ?? textLetter(parts, words),
    html: own('html') ?? htmlLetter(parts, words, brand),
  };
}
