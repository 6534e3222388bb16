import type { ComposeMail } from '../../kernel/mailer.ts';
import { messageOf, type Sender } from './message.ts';

/** Writes mails as the mailer does, and sends none. */
export function createComposeMail(sender: Sender): ComposeMail {
  return async (mail) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const { message } = await transport.sendMail(messageOf(mail, sender));
    return String(message);
  };
}
