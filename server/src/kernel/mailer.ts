/** A mail that is ready to go out. */
export interface OutgoingMail {
  /** The same at every attempt, so that a repeat is known for one. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The port to whoever carries mails away. */
export interface Mailer {
  /**
   * Hands a mail over; when it returns, the other side has taken it on.
   *
   * @throws MailRefused when it will never be taken; anything else may work later
   */
  send(mail: OutgoingMail): Promise<void>;
}

/** A mail that its receiver will not take, however often it is sent (RFC 5321 §4.2.1: 5yz). */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}
