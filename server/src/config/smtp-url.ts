import { Secret } from '../kernel/secret.ts';
import { isLoopback, quoted } from './parsers.ts';
import { SettingError } from './setting.ts';

/**
 * When a connection is encrypted: from the first byte (RFC 8314 §3.3), by STARTTLS or not at all, by STARTTLS where the server offers it,
 * never.
 */
export type SmtpTls = 'implicit' | 'required' | 'offered' | 'off';

/** Who takes our mails on. */
export interface SmtpServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: SmtpTls;
  /** Whether the server must have a certificate for its name. */
  readonly verified: boolean;
  readonly login: { readonly user: string; readonly password: Secret } | undefined;
}

/** RFC 6409 §3.1 for submission, RFC 8314 §3.3 with TLS from the first byte. */
const ports = { smtp: 587, smtps: 465 } as const;

const shape =
  /^(?<scheme>smtps?):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d+))?\/?(?:\?(?<query>.*))?$/i;

/**
 * `smtp://user:password@host:587?tls=required`; user and password are percent-decoded. Without `tls` STARTTLS is required, since whoever
 * stands in between could hide that it is offered (RFC 8314 §4.1); to this machine nobody does.
 *
 * @throws SettingError; its text repeats no piece that may hold a part of the password
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const { scheme, user, password, ipv6, name, port, query } = piecesOf(text.trim());
  const host = ipv6 ?? name ?? '';
  const isLocal = isLoopback(ipv6 === undefined ? host.toLowerCase() : `[${ipv6}]`);
  const implicit = scheme?.toLowerCase() === 'smtps';
  return {
    host,
    port: portOf(port) ?? (implicit ? ports.smtps : ports.smtp),
    tls: tlsOf(query, implicit) ?? (implicit ? 'implicit' : isLocal ? 'offered' : 'required'),
    verified: !isLocal,
    login: loginOf(user, password),
  };
}

/** The URL for a terminal, without the password. */
export function describeSmtpServer({ host, port, tls, login }: SmtpServer): string {
  const user = login === undefined ? '' : `${encodeURIComponent(login.user)}:…@`;
  const name = host.includes(':') ? `[${host}]` : host;
  return tls === 'implicit' ? `smtps://${user}${name}:${port}` : `smtp://${user}${name}:${port}?tls=${tls}`;
}

function piecesOf(text: string): Readonly<Record<string, string | undefined>> {
  const pieces = shape.exec(text)?.groups;
  if (pieces !== undefined) return pieces;
  if (!/^smtps?:\/\//i.test(text)) throw new SettingError('must begin with smtp:// or smtps://');
  throw new SettingError(
    'must be smtp://user:password@host:port?tls=required: in user and password write %40 for @, %2F for / and %3A for :',
  );
}

function portOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw new SettingError('has a port that is none: 1 to 65535');
  return port;
}

function tlsOf(query: string | undefined, implicit: boolean): SmtpTls | undefined {
  if (query === undefined || query === '') return undefined;
  const options = new URLSearchParams(query);
  const [unknown] = [...options.keys()].filter((name) => name !== 'tls');
  if (unknown !== undefined) throw new SettingError(`has the option ${quoted(unknown)}; there is only tls`);
  const said = options.getAll('tls');
  if (implicit) throw new SettingError('speaks TLS from the first byte as smtps://, and takes no tls= besides');
  const [tls] = said;
  if (said.length !== 1 || (tls !== 'required' && tls !== 'offered' && tls !== 'off')) {
    throw new SettingError('must say tls=required, tls=offered or tls=off');
  }
  return tls;
}

function loginOf(user: string | undefined, password: string | undefined): SmtpServer['login'] {
  if (user === undefined || user === '') {
    if (password !== undefined && password !== '') throw new SettingError('has a password and no user');
    return undefined;
  }
  return { user: decoded(user), password: new Secret(decoded(password ?? '')) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SettingError('has a % in user or password that begins no escape: write %25');
  }
}
