import type { Instant } from './clock.ts';

/** An address, with the name of whoever reads there; the name may be empty. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** A mail that is ready to go out. */
export interface OutgoingMail {
  /** The same at every attempt, so that a repeat is known for one. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When it was written. */
  readonly date: Instant;
}

/** The port to whoever carries mails away. */
export interface Mailer {
  /**
   * Hands a mail over; when it returns, the other side has taken it on. It ends by itself, however the other side behaves.
   *
   * @param signal breaks it off; whether the mail was taken on is then not known
   * @throws MailRefused when it will never be taken; MailAgainstPolicy when that is likely; MailServerAway when no other mail would be taken
   * either; anything else may work later
   */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<void>;
  /** Breaks all connections. */
  close(): void;
}

/** Writes a mail as it would go over the wire (RFC 5322). */
export type ComposeMail = (mail: OutgoingMail) => Promise<string>;

/** A mail that its receiver will not take, however often it is sent (RFC 5321 §4.2.1: 5yz). */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/** A mail that the server will not take by its policy: from nobody, from us, or for this receiver; it does not say. */
export class MailAgainstPolicy extends Error {
  override readonly name = 'MailAgainstPolicy';
}

/** The mail server is away, or takes nothing from us: it has said nothing of this mail. */
export class MailServerAway extends Error {
  override readonly name = 'MailServerAway';
}
