import type { SendMailOptions } from 'nodemailer';
import { type MailAddress, MailRefused, type OutgoingMail } from '../../kernel/mailer.ts';

/** Whom mails come from, and who gets the answers. */
export interface Sender {
  readonly from: MailAddress;
  readonly replyTo: MailAddress | undefined;
}

/**
 * A mail as nodemailer wants it. Addresses are objects, since a text would be read as a list of them; no text reaches a header with a
 * line break in it; nothing is fetched, whatever the mail names. The bytes are the same at each attempt but for the boundary between the
 * parts.
 *
 * @throws MailRefused when the address cannot be one
 */
export function messageOf(mail: OutgoingMail, { from, replyTo }: Sender): SendMailOptions {
  if (!/^[^\s\p{Cc}<>,;:"()[\]\\@]+@[^\s\p{Cc}<>,;:"()[\]\\@]+$/u.test(mail.to)) {
    throw new MailRefused('the address cannot be written to');
  }
  const domain = from.address.replace(/^.*@/, '');
  return {
    from: addressOf(from),
    ...(replyTo === undefined ? {} : { replyTo: addressOf(replyTo) }),
    to: { name: '', address: mail.to },
    envelope: { from: from.address, to: [mail.to] },
    subject: oneLine(mail.subject),
    text: mail.text,
    html: mail.html,
    date: new Date(mail.date),
    messageId: `<${mail.id}@${domain}>`,
    headers: {
      // What a receiver tells a repeat by; some mail providers heed it themselves.
      'Idempotency-Key': mail.id,
      // No holiday notices in return (RFC 3834 §5).
      'Auto-Submitted': 'auto-generated',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

const addressOf = ({ name, address }: MailAddress) => ({ name: oneLine(name), address });

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
