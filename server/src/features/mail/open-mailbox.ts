import type { Database } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { ComposeMail } from '../../kernel/mailer.ts';
import type { Brand } from './brand.ts';
import type { Locale, Template } from './letters.ts';
import { openPosting } from './open-posting.ts';
import type { MailRecordsStore, ShownMail } from './record-store.ts';
import type { RenderedLetter, RenderLetter } from './render-letter.ts';

/** A mail that was written in development, where none is sent. */
export interface MailboxEntry extends RenderedLetter {
  readonly id: string;
  readonly to: string;
  readonly locale: Locale;
  readonly template: Template;
  readonly at: Instant;
}

/** The mails of a developer's server, whichever of its processes has written them. */
export interface Mailbox {
  /** The newest first. */
  list(): Promise<readonly MailboxEntry[]>;
  find(id: string): Promise<MailboxEntry | undefined>;
  /** As it would have gone over the wire (RFC 5322). */
  source(entry: MailboxEntry): Promise<string>;
}

/** As many as anybody looks through. */
const mailboxLimit = 200;

export function createMailbox(deps: {
  db: Database;
  records: MailRecordsStore;
  keys: readonly Buffer[];
  render: RenderLetter;
  brand: Brand;
  compose: ComposeMail;
}): Mailbox {
  const { db, records, keys, render, brand, compose } = deps;

  const open = (mail: ShownMail): MailboxEntry => {
    const posting = openPosting(mail, keys);
    const { to, locale, letter } = posting;
    return { id: mail.id, to, locale, template: letter.template, at: mail.createdAt, ...render(posting, brand) };
  };
  /** Of a database that has seen another key some cannot be opened: they are left out. */
  const openIfOurs = (mail: ShownMail): MailboxEntry[] => {
    try {
      return [open(mail)];
    } catch {
      return [];
    }
  };

  return {
    list: async () => (await records.listShown(db, mailboxLimit)).flatMap(openIfOurs),
    async find(id) {
      const mail = await records.findShown(db, id);
      return mail && openIfOurs(mail)[0];
    },
    source: ({ id, to, at, subject, text, html }) => compose({ id, to, date: at, subject, text, html }),
  };
}
