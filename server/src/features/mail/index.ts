/**
 * Owns: mails on their way out: the outbox, what they say, in which language; the mailbox of development.
 * Tables: mails.
 * Specifications: RFC 5321 (SMTP), RFC 5322 (messages), RFC 3834 (automatic messages), RFC 9110 §12.5.4 (languages).
 */
import type { Database, Reads, Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { ComposeMail, Mailer } from '../../kernel/mailer.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Brand } from './brand.ts';
import { hasMailbox } from './config.ts';
import { createDelivery, type Delivery } from './deliver-due.ts';
import { createDeliverMail } from './deliver-mail.ts';
import { mailNotConfigured } from './errors.ts';
import { type Locale, pickLocale, type Template } from './letters.ts';
import { createMailbox, type Mailbox } from './open-mailbox.ts';
import { mailKeys } from './open-posting.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createMailHolding } from './personal-data.ts';
import { createPostMail, type MailWay } from './post.ts';
import { createPostTo, type PostTo } from './post-to.ts';
import { mailRecordsStore as records } from './record-store.sql.ts';
import { type RenderLetter, renderLetter } from './render-letter.ts';
import { mailStore as store } from './store.sql.ts';
import { createSweep } from './sweep.ts';
import { createTellOperator, type TellOperator } from './tell-operator.ts';

export const mailHolding = createMailHolding(records);

export { type Brand, createBrand } from './brand.ts';
export { brandSettings } from './brand-config.ts';
export { hasMailbox, mailSettings } from './config.ts';
export { deliveryLanes } from './deliver-due.ts';
export { mailNotConfigured } from './errors.ts';
export { askerOf, findLocale, type Letter, type Locale, locales, type Template } from './letters.ts';
export { type MailRecord, mailStates } from './record-store.ts';
export { renderLetter } from './render-letter.ts';
export { mailboxRoutes } from './routes.ts';
export { type ButtonColors, buttonColors } from './templates/colors.ts';
export { fr } from './templates/french-typography.ts';
export { type TemplateFile, TemplatesRefused } from './templates/overrides.ts';
export { sampleLetter, templates } from './templates/samples.ts';

export interface MailOffice {
  readonly postTo: PostTo;
  /** How many mails of a template were posted for a user since an instant, as far back as sent ones are kept. */
  readonly countSince: (db: Reads, to: string, template: Template, since: Instant) => Promise<number>;
  /** Takes back a mail that was posted in this transaction; none costs the same. */
  readonly withdraw: (tx: Tx, id: string | undefined) => Promise<void>;
  /** The address of our page, or the application's, that a link in a mail opens. */
  readonly linkTo: LinkTo;
  /** The language for somebody who wants these (`pickLocale`); else that of the installation. */
  readonly localeFor: (wanted: string | undefined) => Locale;
  readonly brand: Brand;
  /** Whether mails go anywhere. Where not, `postTo` does nothing. */
  readonly isConfigured: boolean;
  /** To be asked before anything that is nothing without a mail. @throws mailNotConfigured */
  readonly assertConfigured: () => void;
  readonly delivery: Delivery;
  readonly outbox: Outbox;
  /** What was posted in development without SMTP; elsewhere there is none. */
  readonly mailbox: Mailbox | undefined;
  /** Warns of mails that are late. */
  readonly lookAfter: () => Promise<void>;
  readonly sweep: () => Promise<void>;
}

/**
 * `<base>/<action>#token=…`. The token stands in the fragment, which browsers send to no server: it is in no log, in no `Referer`, and a
 * scanner that opens the link has not got it.
 */
export type LinkTo = (action: Purpose, token?: string) => string;

export interface MailOfficeDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly secretKeys: SecretKeys;
  /** Undefined where no mail server is configured. */
  readonly mailer: Mailer | undefined;
  readonly composeMail: ComposeMail;
  readonly issuer: string;
  readonly brand: Brand;
  readonly settings: {
    readonly linkBase: string | undefined;
    readonly devMailbox: boolean;
    readonly retentionSeconds: number;
  };
  readonly warn: (text: string) => void;
}

export function createMailOffice(deps: MailOfficeDeps): MailOffice {
  const { settings } = deps;
  const way = wayOf(deps);
  const keys = mailKeys(deps.secretKeys);
  const { brand } = deps;
  const letters = { render: renderLetter, brand };
  const tell = createTellOperator({ ...deps, store });
  const base = settings.linkBase ?? `${deps.issuer}/mail`;
  const post = createPostMail({ ...deps, store, way });
  const localeFor = (wanted: string | undefined) => pickLocale(wanted, brand.language);
  return {
    postTo: createPostTo({ post, localeFor }),
    countSince: store.countSince,
    withdraw: (tx, id) => store.remove(tx, id),
    linkTo: (action, token) => `${base}/${action}${token === undefined ? '' : `#token=${token}`}`,
    localeFor,
    brand,
    isConfigured: way !== 'off',
    assertConfigured: () => {
      // Nothing but an operator ends it, and no client can know when.
      if (way === 'off') throw mailNotConfigured({ retryAfterSeconds: 3_600 });
    },
    delivery: deliveryOf(deps, { ...letters, keys, tell }),
    outbox: createOutbox({ ...deps, records }),
    mailbox:
      way === 'mailbox' ? createMailbox({ ...deps, ...letters, records, keys, compose: deps.composeMail }) : undefined,
    lookAfter: way === 'smtp' ? tell.ifLate : async () => {},
    sweep: createSweep({ ...deps, store, way, retentionSeconds: settings.retentionSeconds }),
  };
}

function wayOf({ mailer, settings, issuer }: MailOfficeDeps): MailWay {
  if (mailer !== undefined) return 'smtp';
  return hasMailbox(settings, issuer) ? 'mailbox' : 'off';
}

const nothingToDeliver: Delivery = { begin: () => {}, all: async () => {}, stop: async () => {} };

function deliveryOf(
  deps: MailOfficeDeps,
  letters: { render: RenderLetter; brand: Brand; keys: readonly Buffer[]; tell: TellOperator },
): Delivery {
  const { mailer } = deps;
  if (mailer === undefined) return nothingToDeliver;
  const { givenUp, fault } = letters.tell;
  const deliver = createDeliverMail({ ...deps, ...letters, store, mailer, onGivenUp: givenUp });
  return createDelivery({ ...deps, store, deliver, close: () => mailer.close(), onFault: fault });
}
