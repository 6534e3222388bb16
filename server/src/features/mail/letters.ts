import type { Instant } from '../../kernel/clock.ts';

/** What a mail is about, before it has words: a template's name and what it puts in. Links are whole; instants become text in the reader's language. */
export interface LetterData {
  /** Proves that the address is theirs. */
  'verify-email': { readonly username: string } & Proof;
  /** Completes a sign-up that waits for this proof. */
  'complete-sign-up': { readonly username: string } & Proof;
  /** Somebody has tried to sign up with an address that has an account. */
  'sign-up-taken': { readonly username: string; readonly resetLink: string };
  'reset-password': { readonly username: string } & Proof;
  /** Signs in, by link or by code. */
  'sign-in': { readonly username: string } & Proof & Asker;
  /** To the new address: proves that it is theirs. */
  'confirm-email': { readonly username: string; readonly newEmail: string } & Proof;
  /** To the old address, before anything has changed. */
  'email-change-asked': { readonly username: string; readonly newEmail: string; readonly resetLink: string } & Asker;
  /** To the old address, when its owner has done it. */
  'email-changed': {
    readonly username: string;
    readonly newEmail: string;
    readonly undoLink: string;
    readonly days: number;
  };
  /** To the old address, when an administrator or the operator has set another: there is no way back but them. */
  'email-replaced': { readonly username: string; readonly newEmail: string; readonly resetLink: string };
  /** To the new address, which an administrator or the operator has set: they have not shown that it is theirs. */
  'email-set': { readonly username: string; readonly resetLink: string };
  /** To the address that an account had until its change was undone. */
  'email-undone': { readonly username: string; readonly resetLink: string };
  /** An administrator has made an account for them. */
  invitation: { readonly username: string; readonly link: string; readonly days: number };
  'new-device': { readonly username: string; readonly resetLink: string } & Asker;
  /** Whoever has shown that the account is theirs has got rid of a password that somebody else may know. */
  'password-removed': { readonly username: string; readonly resetLink: string } & Asker;
  'password-changed': { readonly username: string; readonly resetLink: string } & Asker;
  'sessions-ended': { readonly username: string; readonly resetLink: string } & Asker;
  'session-stolen': { readonly username: string; readonly resetLink: string } & Asker;
}

/** A link, and where one types instead of clicking, a code of six digits. */
interface Proof {
  readonly link: string;
  readonly code: string | undefined;
  /** Minutes that both are good for. */
  readonly minutes: number;
}

/** Who has asked for it, as far as it is known: `ip` and `device` are empty where an administrator or the operator has. */
interface Asker {
  readonly at: Instant;
  readonly ip: string;
  /** The user agent, of which the letter shows browser and system in words of ours, since it may say anything. */
  readonly device: string;
}

/** Longer than any user agent of a browser; what is longer is cut. */
const maxDeviceLength = 256;

/** @param from none where an administrator or the operator has asked, whose whereabouts are their own */
export const askerOf = (at: Instant, from?: { readonly ip: string; readonly userAgent: string }): Asker => ({
  at,
  ip: from?.ip ?? '',
  device: from?.userAgent.slice(0, maxDeviceLength) ?? '',
});

export type Template = keyof LetterData;

export type Letter = { readonly [T in Template]: { readonly template: T; readonly data: LetterData[T] } }[Template];

/** A letter with its address. */
export interface Posting {
  readonly to: string;
  /** The language, as `pickLocale` gives it. */
  readonly locale: Locale;
  readonly letter: Letter;
}

/** The languages that mails and pages speak; English is the one that all else falls back to. */
export const locales = ['en', 'de', 'fr'] as const;
export type Locale = (typeof locales)[number];

/**
 * The first of our languages that somebody wants, by what is stored of them or by their `Accept-Language` (RFC 9110 §12.5.4).
 *
 * @param wanted as `de-CH,de;q=0.9,en;q=0.5`
 */
export const pickLocale = (wanted: string | undefined, fallback: Locale = 'en'): Locale =>
  findLocale(wanted) ?? fallback;

/** The same, or none where they name none of ours. */
export function findLocale(wanted: string | undefined): Locale | undefined {
  const ranges = (wanted ?? '').slice(0, 200).split(',');
  const weighted = ranges.map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((it) => it.startsWith('q='))?.slice(2) ?? '1');
    return { language: tag.split('-')[0], weight };
  });
  const wantedFirst = weighted.filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight);
  for (const { language } of wantedFirst) {
    const locale = locales.find((it) => it === language);
    if (locale !== undefined) return locale;
  }
  return undefined;
}
