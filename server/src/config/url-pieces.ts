import { SettingError } from './setting.ts';

/** The pieces of a database URL; user, password, database and query are decoded. What is not there is `undefined` or empty. */
export interface UrlPieces {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Without its brackets. */
  readonly ipv6: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly database: string;
  readonly rawDatabase: string;
  readonly query: ReadonlyMap<string, string>;
}

/** The cuts of SQLAlchemy's `make_url`: a user goes up to the first `:` or `/`, a password up to the first `@`. */
const shape = new RegExp(
  [
    String.raw`^(?<scheme>[\w+]+)://`,
    '(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?',
    String.raw`(?:\[(?<ipv6>[^/?]+)\]|(?<host>[^/:?]+))?`,
    '(?::(?<port>[^/?]*))?',
    '(?:/(?<database>[^?]*))?',
    String.raw`(?:\?(?<query>.*))?`,
  ].join(''),
);

/**
 * Cuts a URL as SQLAlchemy 2.1 does; `undefined` when it has another shape. Nothing is judged here.
 *
 * @throws SettingError when the query gives one option twice
 */
export function cutUrl(text: string): UrlPieces | undefined {
  const match = shape.exec(text);
  // SQLAlchemy passes over what follows the last piece that it knows; that hides a slip.
  if (match?.groups === undefined || match[0].length !== text.length) return undefined;
  const { scheme = '', user, password, ipv6, host, port, database = '', query = '' } = match.groups;
  return {
    scheme,
    user: user === undefined ? undefined : percentDecoded(user),
    password: password === undefined ? undefined : percentDecoded(password),
    ipv6,
    host,
    port,
    database: percentDecoded(database),
    rawDatabase: database,
    query: optionsIn(query),
  };
}

/** As Python's `parse_qsl`: options without a value are dropped, and `+` is a space. */
function optionsIn(query: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const option of query.split('&')) {
    const [name = '', value = ''] = option.split(/=(.*)/s).map((part) => percentDecoded(part.replaceAll('+', ' ')));
    if (value === '') continue;
    if (options.has(name)) throw new SettingError('gives one option twice; only one value of each is supported');
    options.set(name, value);
  }
  return options;
}

/** As Python's `unquote`: a `%` that begins no escape stays, and bytes that are no UTF-8 become U+FFFD. */
function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
