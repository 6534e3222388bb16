/**
 * Owns: mails on their way out: the outbox, what they say, in which language.
 * Tables: mails.
 * Specifications: RFC 5321 (SMTP), RFC 5322 (messages), RFC 9110 §12.5.4 (languages).
 */
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Brand } from './brand.ts';
import { type Locale, pickLocale } from './letters.ts';
import { createMailHolding } from './personal-data.ts';
import { createPostMail, type PostMail } from './post.ts';
import { mailStore } from './store.sql.ts';

export const mailHolding = createMailHolding(mailStore);

export { type Brand, createBrand } from './brand.ts';
export { brandSettings } from './brand-config.ts';
export { type Letter, type Locale, locales, pickLocale, type Template } from './letters.ts';
export type { PostMail } from './post.ts';
export { renderLetter } from './render-letter.ts';
export { type ButtonColors, buttonColors } from './templates/colors.ts';
export { fr } from './templates/french-typography.ts';
export { type TemplateFile, TemplatesRefused } from './templates/overrides.ts';
export { sampleLetter, templates } from './templates/samples.ts';

export interface MailOffice {
  readonly post: PostMail;
  /** The address of our page, or the application's, that a link in a mail opens. */
  readonly linkTo: LinkTo;
  /** The language for somebody who wants these (`pickLocale`); else that of the installation. */
  readonly localeFor: (wanted: string | undefined) => Locale;
  readonly brand: Brand;
}

/** What one does with a link in a mail; also the last part of its page's path. */
export type LinkAction =
  | 'verify-email'
  | 'complete-sign-up'
  | 'reset-password'
  | 'sign-in'
  | 'confirm-email'
  | 'undo-email'
  | 'accept-invitation';

/**
 * `<base>/<action>#token=…`. The token stands in the fragment, which browsers send to no server: it is in no log, in no `Referer`, and a
 * scanner that opens the link has not got it.
 */
export type LinkTo = (action: LinkAction, token?: string) => string;

export function createMailOffice(deps: {
  clock: Clock;
  random: Random;
  secretKeys: SecretKeys;
  issuer: string;
  brand: Brand;
}): MailOffice {
  const { brand } = deps;
  return {
    post: createPostMail({ ...deps, store: mailStore }),
    linkTo: (action, token) => `${deps.issuer}/mail/${action}${token === undefined ? '' : `#token=${token}`}`,
    localeFor: (wanted) => pickLocale(wanted, brand.language),
    brand,
  };
}
