/**
 * Owns: mails on their way out: the outbox, what they say, in which language.
 * Tables: mails.
 * Specifications: RFC 5321 (SMTP), RFC 5322 (messages), RFC 9110 §12.5.4 (languages).
 */
import type { Reads } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Template } from './letters.ts';
import { createMailHolding } from './personal-data.ts';
import { createPostMail, type PostMail } from './post.ts';
import { mailStore } from './store.sql.ts';

export const mailHolding = createMailHolding(mailStore);

export { mailNotConfigured } from './errors.ts';
export { type Letter, type Locale, pickLocale } from './letters.ts';
export type { PostMail } from './post.ts';

export interface MailOffice {
  /** Whether mails go anywhere. Where not, nothing is posted, and what needs a mail is refused. */
  readonly isConfigured: boolean;
  readonly post: PostMail;
  /** How many mails of a template were posted for a user since an instant, as far back as sent ones are kept. */
  readonly countSince: (db: Reads, user: UserId, template: Template, since: Instant) => Promise<number>;
  /** The address of our page, or the application's, that a link in a mail opens. */
  readonly linkTo: LinkTo;
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
  isConfigured?: boolean | undefined;
}): MailOffice {
  return {
    isConfigured: deps.isConfigured ?? true,
    post: createPostMail({ ...deps, store: mailStore }),
    countSince: mailStore.countSince,
    linkTo: (action, token) => `${deps.issuer}/mail/${action}${token === undefined ? '' : `#token=${token}`}`,
  };
}
