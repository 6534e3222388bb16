import type { Locale } from '../letters.ts';
import { german } from './de.ts';
import { english } from './en.ts';
import { french } from './fr.ts';
import type { LanguageWords } from './words.ts';

/** Every language that mails speak. To add one, add it to `locales` (letters.ts) and give it its words here. */
export const languages: Readonly<Record<Locale, LanguageWords>> = { en: english, de: german, fr: french };
