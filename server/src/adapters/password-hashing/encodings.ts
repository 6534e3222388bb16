import { timingSafeEqual } from 'node:crypto';

/**
 * Standard base64 (RFC 4648 §4) without padding, as PHC strings have it. Undefined unless it is what an encoder writes:
 * the libraries below are as strict, and one hash has one spelling.
 */
export function readBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return writeBase64(bytes) === text ? bytes : undefined;
}

export const writeBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');

/** The same with its padding. */
export function readPaddedBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The digits of crypt(3), 0 first; base64 of another order. */
const cryptDigits = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The value of one digit of crypt(3); -1 for any other sign. */
export const readCryptDigit = (digit: string): number => cryptDigits.indexOf(digit);

/** As crypt(3) writes bytes: three at a time, the first the lowest, six bits to a digit, the lowest first. */
export function writeCryptBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = [...bytes.subarray(at, at + 3)];
    let value = group.reduce((sum, byte, place) => sum | (byte << (8 * place)), 0);
    for (let digit = 0; digit <= group.length; digit += 1, value >>= 6) text += cryptDigits.charAt(value & 63);
  }
  return text;
}

const bcryptDigits = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** bcrypt's base64: the usual order with other digits. Bits that are left over at the end are dropped, as bcrypt does. */
export const readBcryptBase64 = (text: string): Buffer =>
  Buffer.from([...text].map((digit) => base64Digits.charAt(bcryptDigits.indexOf(digit))).join(''), 'base64');

/** `stored` with `zero` in the place of every sign of `digest`, which stands at its end. */
export function blankOut(stored: string, digest: string, zero: string): string {
  const at = stored.lastIndexOf(digest);
  return stored.slice(0, at) + zero.repeat(digest.length) + stored.slice(at + digest.length);
}

/** The groups of `pattern` in `text` as strings, a group that took no part as an empty one; undefined without a match. */
export function groupsOf(pattern: RegExp, text: string): Readonly<Record<string, string>> | undefined {
  const groups = pattern.exec(text)?.groups;
  return groups && Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, value ?? '']));
}

/** Equal, in a time that tells only the length. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
