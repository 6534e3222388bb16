import type { Locale } from '../mail/index.ts';
import { german } from './de.ts';
import { english } from './en.ts';
import { french } from './fr.ts';
import type { PageLanguage } from './words.ts';

/** Every language that the pages speak. */
export const languages: Readonly<Record<Locale, PageLanguage>> = { en: english, de: german, fr: french };
