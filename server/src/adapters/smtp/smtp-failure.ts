import { MailRefused, MailServerAway } from '../../kernel/mailer.ts';

/** What nodemailer says of a failure. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The server's status (RFC 5321 §4.2). */
  readonly responseCode?: number;
  /** What it was the answer to. */
  readonly command?: string;
}

/**
 * What a failure means for the mail. Only the answer to its receiver or to its text is about this mail; a refused login, sender or greeting
 * would meet every other too, as a connection does that cannot be made.
 *
 * @param late whether our own time limit broke it off
 */
export function failureOf(error: unknown, late: boolean): Error {
  if (error instanceof MailRefused) return error;
  const { message, code, responseCode, command = '' } = error as SmtpError;
  if (late) return new MailServerAway('the mail server took too long', { cause: error });
  if (code === 'EABORT') return error as Error;
  const isAboutMail = responseCode !== 421 && (code === 'EMESSAGE' || (responseCode && /^(?:RCPT|DATA)/.test(command)));
  if (!isAboutMail) return new MailServerAway(message, { cause: error });
  return responseCode !== undefined && responseCode >= 500
    ? new MailRefused(message, { cause: error })
    : new Error(message, { cause: error });
}
