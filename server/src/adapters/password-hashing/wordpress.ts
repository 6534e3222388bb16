import { createHmac } from 'node:crypto';

/** What PHP's `trim` takes off, and what its `addslashes` puts a backslash before. */
const surroundings = /^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g;
const slashed = /['"\\]/g;

/**
 * The password as typed, and as WordPress saw it: without the white space around it, and with the backslashes that it still puts
 * into everything that a form sends. Mostly these are the same. Both count, because a password that was set by a program had no
 * backslashes.
 */
export function asWordPressSpells(password: string): readonly string[] {
  const trimmed = password.replaceAll(surroundings, '');
  return [...new Set([password, trimmed.replaceAll(slashed, '\\$&')])];
}

/** What WordPress from 6.8 on gives to bcrypt: always 64 signs, so that nothing of the password is cut. */
export const wordPressPrehash = (password: string): string =>
  createHmac('sha384', 'wp-sha384').update(password, 'utf8').digest('base64');
