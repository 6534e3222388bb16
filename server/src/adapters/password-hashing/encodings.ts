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

/** The groups of `pattern` in `text` as strings, a group that took no part as an empty one; undefined without a match. */
export function groupsOf(pattern: RegExp, text: string): Readonly<Record<string, string>> | undefined {
  const groups = pattern.exec(text)?.groups;
  return groups && Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, value ?? '']));
}

/** Equal, in a time that tells only the length. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
