import { boolean, daysAsSeconds, isLoopback, type Parse, publicUrl, quoted, text } from '../../config/parsers.ts';
import { type Fault, SettingError, section } from '../../config/setting.ts';
import { describeSmtpServer, parseSmtpUrl, type SmtpServer } from '../../config/smtp-url.ts';
import type { MailAddress } from '../../kernel/mailer.ts';

/** `Name <address>`, or the address alone. */
export const mailAddress: Parse<MailAddress> = (raw) => {
  const line = text(raw);
  const [, name = '', inBrackets] = /^(?:"?([^"<>]*?)"? *)?<([^<>]*)>$/.exec(line) ?? [];
  const address = inBrackets ?? line;
  // A subset of RFC 5321 §4.1.2 that every mail server takes: no quoted part, no comments.
  if (!/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/i.test(address) || address.includes('..')) {
    throw new SettingError(`must be an address, as Example <no-reply@example.com>, not ${quoted(raw)}`);
  }
  return { name: name.trim(), address };
};

const shown = ({ name, address }: MailAddress): string => (name === '' ? address : `${name} <${address}>`);

export const mailSettings = section(
  'Mail',
  {
    smtpServer: {
      variable: 'SMTP_URL',
      parse: parseSmtpUrl,
      fallback: () => undefined as SmtpServer | undefined,
      fallbackText: '',
      example: 'smtp://user:password@smtp.example.com:587',
      reason:
        'The mail server that takes mails on; smtps:// speaks TLS from the first byte. STARTTLS is required unless the server is on this machine; ?tls=offered or ?tls=off says otherwise.',
      secret: true,
      show: (server: SmtpServer | undefined) => (server === undefined ? '' : describeSmtpServer(server)),
    },
    sender: {
      variable: 'MAIL_FROM',
      parse: mailAddress,
      fallback: () => undefined as MailAddress | undefined,
      fallbackText: '',
      example: 'Example <no-reply@example.com>',
      reason: 'Whom mails come from. Required with SMTP_URL.',
      show: (sender: MailAddress | undefined) => (sender === undefined ? '' : shown(sender)),
    },
    replyTo: {
      variable: 'MAIL_REPLY_TO',
      parse: mailAddress,
      fallback: () => undefined as MailAddress | undefined,
      fallbackText: '',
      example: 'Example Support <help@example.com>',
      reason: 'Who gets the answers to mails, where MAIL_FROM reads none.',
      show: (replyTo: MailAddress | undefined) => (replyTo === undefined ? '' : shown(replyTo)),
    },
    linkBase: {
      variable: 'MAIL_LINK_BASE',
      parse: publicUrl,
      fallback: () => undefined as string | undefined,
      fallbackText: '',
      example: 'https://app.example.com/account',
      reason:
        'Where the pages are that links in mails open, as <base>/reset-password#token=…; by default those under PUBLIC_URL/mail.',
    },
    retentionSeconds: {
      variable: 'MAIL_RETENTION_DAYS',
      parse: daysAsSeconds({ min: 1, max: 3_650 }),
      fallback: () => 7 * 86_400,
      example: '7',
      reason: 'Days that the outbox remembers, without what they said, which mails were sent or given up.',
    },
    devMailbox: {
      variable: 'DEV_MAILBOX',
      parse: boolean,
      fallback: ({ mode }) => mode === 'development',
      example: 'off',
      fallbackText: 'on in development',
      reason:
        'Whether mails without SMTP_URL are shown at /dev/mail to this machine, while it is also the one of PUBLIC_URL. For development alone: production refuses it.',
    },
  },
  ({ smtpServer, sender, linkBase, devMailbox }, { mode }) => [
    ...(smtpServer !== undefined && sender === undefined ? [missingSender] : []),
    ...(mode === 'production' ? [...insecureLinks(linkBase), ...openMailbox(devMailbox)] : []),
  ],
);

/**
 * Whether there is a mailbox: not where links in mails lead away from this machine. Who reads it has everybody's, and a server that is
 * reached from elsewhere stands behind something that may speak for others from here without saying so.
 */
export const hasMailbox = (
  { devMailbox, linkBase }: { readonly devMailbox: boolean; readonly linkBase: string | undefined },
  issuer: string,
): boolean => devMailbox && [issuer, linkBase ?? issuer].every((url) => isLoopback(new URL(url).hostname));

const missingSender: Fault = {
  variable: 'MAIL_FROM',
  problem: 'is missing: with SMTP_URL mails are sent, and must come from somebody',
  example: 'Example <no-reply@example.com>',
};

function insecureLinks(base: string | undefined): Fault[] {
  if (base === undefined || base.startsWith('https://') || isLoopback(new URL(base).hostname)) return [];
  const problem = 'must begin with https:// in production: the page gets a token that is as good as a password';
  return [{ variable: 'MAIL_LINK_BASE', problem, example: 'https://app.example.com/account' }];
}

function openMailbox(on: boolean): Fault[] {
  if (!on) return [];
  const problem = 'must be off in production: it shows everybody on this machine the mails of all users';
  return [{ variable: 'DEV_MAILBOX', problem, example: 'off' }];
}
