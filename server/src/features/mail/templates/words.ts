import type { Instant } from '../../../kernel/clock.ts';
import type { LetterData, Template } from '../letters.ts';

/** How a language says a letter. All of it is plain text; whoever shows it escapes it. */
export interface LetterWords {
  /** Heads the mail; with the brand before it, its subject. */
  readonly title: string;
  /** What has happened, or what this is for. */
  readonly opening: readonly string[];
  /** What to do, just before the button. */
  readonly advice?: string;
  /** What the button says. */
  readonly action: string;
  /** For how long, what happens if one does nothing, and what to do if it was not oneself. */
  readonly closing: readonly string[];
  /** Why one gets this mail. */
  readonly why: string;
}

/** What a letter may put into its words: the fields of its data, as a reader sees them. */
export type Said<T extends Template> = { readonly brand: string; readonly support: string } & {
  readonly [K in keyof LetterData[T] as SaidName<K>]: string;
};

/** Every letter has one link, and of a life it does not matter in what it was counted. */
type SaidName<K> = K extends 'link' | 'resetLink' | 'undoLink'
  ? 'link'
  : K extends 'minutes' | 'days'
    ? 'life'
    : K extends 'newEmail'
      ? 'new_email'
      : K;

/** Everything that a language must say: what is missing does not compile. */
export interface LanguageWords {
  /** For dates and units, as `Intl` wants it. */
  readonly tag: string;
  readonly letters: { readonly [T in Template]: (said: Said<T>) => LetterWords };
  subject(brand: string, title: string): string;
  greeting(name: string): string;
  /** What something is, before the thing itself. */
  label(what: string): string;
  /** Before the code, below the button. */
  readonly orCode: string;
  /** Before the address of the button. */
  readonly orAddress: string;
  readonly at: string;
  readonly ip: string;
  readonly device: string;
  /** A date and a time of UTC, as `Intl` writes them. */
  instant(date: string, time: string): string;
  deviceName(browser: string | undefined, system: string | undefined): string;
  support(contact: string): string;
}

/** An instant in the reader's language. In UTC, which needs no guess about where they are. */
export function instantText({ tag, instant }: Pick<LanguageWords, 'tag' | 'instant'>, at: Instant): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, { timeZone: 'UTC', ...options }).format(at);
  return instant(part({ dateStyle: 'long' }), part({ timeStyle: 'short' }));
}

const minutesPerUnit = { day: 1_440, hour: 60, minute: 1 } as const;

/** `30 minutes`, `24 hours`, `7 days`: the largest unit of which there are two at least, and nothing left over. */
export function lifeText(tag: string, minutes: number): string {
  const units = ['day', 'hour', 'minute'] as const;
  const fits = units.find((it) => minutes % minutesPerUnit[it] === 0 && minutes / minutesPerUnit[it] >= 2);
  const unit = fits ?? 'minute';
  const format = new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' });
  return format.format(minutes / minutesPerUnit[unit]);
}
