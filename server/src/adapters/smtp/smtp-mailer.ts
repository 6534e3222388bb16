import type { Transporter } from 'nodemailer';
import type { SmtpServer } from '../../config/smtp-url.ts';
import type { Mailer } from '../../kernel/mailer.ts';
import { messageOf, type Sender } from './message.ts';
import { failureOf } from './smtp-failure.ts';

export interface SmtpTimeouts {
  /** For the whole of a mail. */
  readonly mailMs: number;
  /** Until a connection stands, and until the server has greeted. */
  readonly connectMs: number;
  /** Of silence in between. */
  readonly silenceMs: number;
}

/** A relay answers within seconds. One that needs minutes (RFC 5321 §4.5.3.2 would allow it) gets the mail again later. */
const standing: SmtpTimeouts = { mailMs: 60_000, connectMs: 10_000, silenceMs: 30_000 };

/** Shorter than servers keep a silent connection: it is we who close it, and not they while we begin the next mail. */
const idleMs = 5_000;

/**
 * Hands mails to an SMTP server (RFC 5321, 6409, 8314) over a few connections, which are kept while there is more.
 *
 * @param connections at most
 */
export function createSmtpMailer(
  server: SmtpServer,
  sender: Sender,
  { connections, timeouts = standing }: { connections: number; timeouts?: SmtpTimeouts },
): Mailer {
  let opening: Promise<Transporter> | undefined;
  // Loaded with the first mail: starting up pays nothing for it.
  const transport = () => {
    opening ??= import('nodemailer').then((it) => it.createTransport(optionsOf(server, connections, timeouts)));
    return opening;
  };
  return {
    async send(mail, signal) {
      const message = messageOf(mail, sender);
      const limit = AbortSignal.timeout(timeouts.mailMs);
      const ends = signal === undefined ? limit : AbortSignal.any([limit, signal]);
      try {
        await (await transport()).sendMail({ ...message, signal: ends });
      } catch (error) {
        throw failureOf(error, { to: mail.to, late: limit.aborted });
      }
    },
    close() {
      void opening?.then((it) => it.close());
    },
  };
}

function optionsOf(server: SmtpServer, connections: number, { connectMs, silenceMs }: SmtpTimeouts) {
  const { host, port, tls, verified, login } = server;
  return {
    pool: true as const,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'off',
    tls: { minVersion: 'TLSv1.2' as const, rejectUnauthorized: verified },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password.reveal() } }),
    maxConnections: connections,
    // The outbox sends again, and knows when.
    maxRequeues: 0,
    idleTimeout: idleMs,
    dnsTimeout: connectMs,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
