import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it came over the wire. */
export interface ReceivedMail {
  /** Of the envelope: who hears when it cannot be delivered. */
  readonly sender: string;
  /** Of the envelope. */
  readonly to: readonly string[];
  readonly from: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** By name in small letters; of several the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** The message itself (RFC 5322). */
  readonly source: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/**
 * What becomes of a mail: taken; refused with a status (RFC 5321 §4.2); taken, but the connection breaks before the sender hears of it.
 */
export type Verdict = 'take' | 'take-and-break' | { readonly refuse: number; readonly text?: string };

export interface SmtpReceiverOptions {
  /** What it wants to be told; anybody may send unless said. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Certificate and key (PEM): it then offers STARTTLS, or speaks TLS from the first byte. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly implicit?: boolean };
  /** Zero finds a free one. */
  readonly port?: number;
}

export interface SmtpReceiver extends AsyncDisposable {
  /** For `SMTP_URL`, with user and password. */
  readonly url: string;
  /** All that were taken, in order. */
  readonly mails: readonly ReceivedMail[];
  /** How many connections are open. */
  readonly connections: number;
  /** Judges mails from now on. May take its time; the mail waits for it, its text has come by then. */
  judge(verdict: (recipient: string) => Verdict | Promise<Verdict>): void;
  /** Waits until so many have been taken; fails after a minute. */
  until(count: number): Promise<readonly ReceivedMail[]>;
  /** Breaks all connections and takes no new ones. */
  leave(): Promise<void>;
  /** Is there again, on the same port. */
  comeBack(): Promise<void>;
}

/** The first link in a mail's text; fails where there is none. */
export function linkIn({ text }: ReceivedMail): string {
  const found = /https?:\/\/\S+/.exec(text)?.[0];
  if (found === undefined) throw new Error(`no link in: ${text}`);
  return found;
}

const patienceMs = 60_000;

/** A mail server on loopback that keeps what it gets. */
export async function startSmtpReceiver(options: SmtpReceiverOptions = {}): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  let verdictOn: (recipient: string) => Verdict | Promise<Verdict> = () => 'take';
  let server: SMTPServer;

  const open = async (port: number) => {
    server = new SMTPServer({
      ...settingsOf(options),
      async onData(stream, session, done) {
        const source = await buffer(stream).then(String, () => undefined);
        // Its sender died over it: what did not come whole is no mail.
        if (source === undefined) return;
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const verdict = await verdictOn(to[0] ?? '');
        if (typeof verdict === 'object') {
          const { refuse, text = 'no' } = verdict;
          done(Object.assign(new Error(text), { responseCode: refuse }));
          return;
        }
        const { mailFrom } = session.envelope;
        const envelope = { sender: mailFrom === false ? '' : mailFrom.address, to, secure: session.secure };
        mails.push({ ...(await parsed(source)), ...envelope });
        if (verdict === 'take-and-break') breakConnections(server);
        else done();
      },
    });
    // A client that breaks off is none of our faults.
    server.on('error', () => {});
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    return (server.server.address() as AddressInfo).port;
  };
  const leave = async () => {
    if (!server.server.listening) return;
    const gone = once(server.server, 'close');
    server.close();
    breakConnections(server);
    await gone;
  };

  const port = await open(options.port ?? 0);
  return {
    url: urlOf(options, port),
    mails,
    get connections() {
      return server.connections.size;
    },
    judge(verdict) {
      verdictOn = verdict;
    },
    async until(count) {
      for (let waitedMs = 0; mails.length < count; waitedMs += 10) {
        if (waitedMs > patienceMs) throw new Error(`${mails.length} of ${count} mails have come in a minute`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return mails;
    },
    leave,
    async comeBack() {
      await open(port);
    },
    [Symbol.asyncDispose]: leave,
  };
}

function settingsOf({ login, tls }: SmtpReceiverOptions): SMTPServerOptions {
  return {
    logger: false,
    disableReverseLookup: true,
    closeTimeout: 1,
    size: 1_000_000,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: [...(tls === undefined ? ['STARTTLS'] : []), ...(login === undefined ? ['AUTH'] : [])],
    ...(tls === undefined ? {} : { secure: tls.implicit === true, cert: tls.cert, key: tls.key }),
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(Object.assign(new Error('wrong user or password'), { responseCode: 535 }));
    },
  };
}

function urlOf({ login, tls }: SmtpReceiverOptions, port: number): string {
  const who = login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
  return `${tls?.implicit === true ? 'smtps' : 'smtp'}://${who}127.0.0.1:${port}`;
}

async function parsed(source: string): Promise<Omit<ReceivedMail, 'sender' | 'to' | 'secure'>> {
  const mail = await PostalMime.parse(source);
  return {
    from: { name: mail.from?.name ?? '', address: mail.from?.address ?? '' },
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
    source,
  };
}

function breakConnections({ connections }: SMTPServer): void {
  for (const { _socket: socket } of connections) socket.destroy();
}
