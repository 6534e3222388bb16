import { MailAgainstPolicy, MailRefused, MailServerAway } from '../../kernel/mailer.ts';

/** What nodemailer says of a failure. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The server's status (RFC 5321 §4.2). */
  readonly responseCode?: number;
  /** All that it said, with an enhanced status (RFC 3463) where it gives one: `550 5.1.1 …`. */
  readonly response?: string;
  /** What it was the answer to. */
  readonly command?: string;
}

/**
 * What a failure means for the mail. What follows the name of its receiver is about this mail, also when the server hangs up there: were
 * that taken for a server that is away, a few such mails would keep all others waiting. So is a refusal at the sender where the receiver's
 * address needs SMTPUTF8 (RFC 6531 §3.4). A refused login, sender or greeting would meet every other mail too, as a connection does that
 * cannot be made.
 *
 * A receiver that is refused for good is refused for good (RFC 5321 §4.2.1), but where the server says that it is for its policy (RFC 3463
 * §3.8): so speaks a relay that lets us in no longer, of every receiver, until somebody mends it. Of such a mail nobody can say whether it is
 * the only one, so it is tried again for some hours, and keeps no other waiting.
 *
 * @param to the receiver
 * @param late whether our own time limit broke it off
 */
export function failureOf(error: unknown, { to, late }: { to: string; late: boolean }): Error {
  if (error instanceof MailRefused) return error;
  const { message, code, responseCode } = error as SmtpError;
  if (late) return new MailServerAway('the mail server took too long', { cause: error });
  if (code === 'EABORT') return error as Error;
  if (!isAboutMail(error as SmtpError, to)) return new MailServerAway(message, { cause: error });
  if (responseCode === undefined || responseCode < 500) return new Error(message, { cause: error });
  const Refusal = isForPolicy(error as SmtpError) ? MailAgainstPolicy : MailRefused;
  return new Refusal(message, { cause: error });
}

const isForPolicy = ({ response = '', command = '' }: SmtpError): boolean =>
  command.startsWith('RCPT') && /^5\d\d[ -]5\.7\.\d/.test(response);

function isAboutMail({ message, code, responseCode, command = '' }: SmtpError, to: string): boolean {
  if (code === 'EMESSAGE') return true;
  // nodemailer tells no command of a connection that was closed; one that could not be made says otherwise.
  if (code === 'ECONNECTION' && /closed unexpectedly/i.test(message)) return true;
  if (responseCode === undefined) return false;
  return /^(?:RCPT|DATA)/.test(command) || (command.startsWith('MAIL') && /\P{ASCII}/u.test(to));
}
