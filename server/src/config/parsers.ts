import { isIP } from 'node:net';
import { Secret } from '../kernel/secret.ts';
import { SettingError } from './setting.ts';

export { parseDatabaseUrl as databaseUrl } from './database-url.ts';
export { trustProxy } from './trust-proxy.ts';

/** A setting's `parse`: text to value. @throws SettingError that continues the sentence "SETTING …" */
export type Parse<T> = (text: string) => T;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole decimal number within `range`; no fraction, exponent, sign `+` or other base. */
export function integer(range: Range): Parse<number> {
  return (text) => wholeNumber(text, range, 'a whole number');
}

const secondsPerMinute = 60;
const secondsPerDay = 86_400;

/** A whole number of minutes; the value is in seconds. */
export function minutesAsSeconds(minutes: Range): Parse<number> {
  return (text) => wholeNumber(text, minutes, 'a whole number of minutes') * secondsPerMinute;
}

/** A whole number of days; the value is in seconds. */
export function daysAsSeconds(days: Range): Parse<number> {
  return (text) => wholeNumber(text, days, 'a whole number of days') * secondsPerDay;
}

function wholeNumber(text: string, { min, max }: Range, what: string): number {
  const number = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= min && number <= max) return number === 0 ? 0 : number;
  throw new SettingError(`must be ${what} from ${min} to ${max}, not ${quoted(text)}`);
}

/** A TCP port that a client can connect to. */
export const port: Parse<number> = integer({ min: 1, max: 65_535 });

const words: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

/** `on`/`off`, `true`/`false`, `yes`/`no` or `1`/`0`, in any case. */
export const boolean: Parse<boolean> = (text) => {
  const value = words.get(text.trim().toLowerCase());
  if (value === undefined)
    throw new SettingError(`must be on or off (also true/false, yes/no, 1/0), not ${quoted(text)}`);
  return value;
};

/** One of a few words, in any case. */
export function oneOf<const T extends string>(...choices: readonly T[]): Parse<T> {
  return (text) => {
    const wanted = text.trim().toLowerCase();
    const choice = choices.find((candidate) => candidate.toLowerCase() === wanted);
    if (choice === undefined) throw new SettingError(`must be one of ${choices.join(', ')}, not ${quoted(text)}`);
    return choice;
  };
}

/** The levels of the log, from the gravest on; `silent` logs nothing. */
export const logLevel = oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent');

/** Any text of one line, without the white space around it. */
export const text: Parse<string> = (raw) => {
  const trimmed = raw.trim();
  if (trimmed === '' || /\p{Cc}/u.test(trimmed)) throw new SettingError('must be one line of text');
  return trimmed;
};

/** A secret, kept exactly as it is. The length counts code points. */
export function secretText({ minLength }: { readonly minLength: number }): Parse<Secret> {
  return (raw) => {
    const length = [...raw].length;
    if (length < minLength) throw new SettingError(`must have at least ${minLength} characters; it has ${length}`);
    return new Secret(raw);
  };
}

/** Values parted by commas; white space around them and empty places do not count. */
export function list<T>(of: Parse<T>): Parse<readonly T[]> {
  return (raw) => {
    const entries = raw.split(',').map((entry) => entry.trim());
    return entries
      .filter((entry) => entry !== '')
      .map((entry, index) => named(`(entry ${index + 1})`, () => of(entry)));
  };
}

/** A name or address to listen on. */
export const host: Parse<string> = (raw) => {
  const name = raw.trim();
  if (isIP(name) === 0 && !/^[a-z\d]([a-z\d._-]*[a-z\d])?$/i.test(name)) {
    throw new SettingError(`must be an address or a host name alone, without port or brackets, not ${quoted(raw)}`);
  }
  // One address, not two: for the other Fastify would make a second server, without what we add to the first.
  return name.toLowerCase() === 'localhost' ? '127.0.0.1' : name;
};

/** An origin as browsers send it (RFC 6454 §6.2): scheme, host and port, without a slash at the end. */
export const origin: Parse<string> = (raw) => {
  const url = httpUrl(raw);
  if (url.pathname !== '/') throw new SettingError('must end after host and port: an origin has no path');
  return url.origin;
};

/** Where the world reaches a server: an http(s) URL that may have a path, without a slash at the end. */
export const publicUrl: Parse<string> = (raw) => {
  const url = httpUrl(raw);
  return url.origin + url.pathname.replace(/\/+$/, '');
};

/** Hosts that never leave the machine (RFC 1122 §3.2.1.3, RFC 6761 §6.3). The URL parser has already made every IPv4 form dotted. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The text is never repeated in the error: a URL is where people put passwords. */
function httpUrl(raw: string): URL {
  const trimmed = raw.trim();
  const authority = /^https?:\/\/([^/?#]+)/i.exec(trimmed)?.[1];
  if (authority === undefined) throw new SettingError('must begin with http:// or https:// and a host');
  if (authority.includes('@')) throw new SettingError('must not carry a user name or a password');
  if (/[?#]/.test(trimmed)) throw new SettingError('must not have a query (?) or a fragment (#)');
  // The URL standard would mend these silently, and the result would not be what was written.
  if (/[\s\\*]/.test(trimmed)) throw new SettingError('must not have spaces, backslashes or *');
  const url = URL.parse(trimmed);
  if (url === null) throw new SettingError('is no valid URL: check host and port');
  return url;
}

function named<T>(place: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof SettingError ? new SettingError(`${place} ${error.message}`) : error;
  }
}

/** A wrong text for an error message: escaped, so that it cannot steer a terminal, and of bounded length. */
export function quoted(raw: string): string {
  return JSON.stringify(raw.length > 40 ? `${raw.slice(0, 40)}…` : raw);
}
