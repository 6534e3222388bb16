import { isIP } from 'node:net';
import type { Posting } from '../letters.ts';
import { deviceParts } from './device-name.ts';
import { instantText, type LanguageWords, lifeText } from './words.ts';

/** Controls, line separators, and what is not seen or turns the direction of writing. */
const unfit = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;
/** The longest address of mail (RFC 5321 §4.5.3.1.3); nothing that is longer needs to be read whole. */
const maxBytes = 254;

/** Of a brand what letters say. */
interface Speaker {
  readonly name: string;
  readonly support: { readonly text: string } | undefined;
}

/**
 * The data of a letter as its reader sees them, by the names of placeholders. A value is one line of bounded length without anything
 * unseen, so that it cannot begin another line or hide what it is.
 */
export function say({ to, letter }: Posting, words: LanguageWords, by: Speaker): Readonly<Record<string, string>> {
  const said: Record<string, string> = { brand: by.name, support: by.support?.text ?? '' };
  for (const [name, value] of Object.entries(letter.data)) Object.assign(said, sayField(name, value, to, words));
  return said;
}

function sayField(name: string, value: unknown, to: string, words: LanguageWords): Record<string, string> {
  const text = value === undefined ? '' : String(value);
  switch (name) {
    case 'link':
    case 'resetLink':
    case 'undoLink':
      // Ours, and whole or worth nothing: never shortened.
      return { link: text.replace(unfit, '') };
    case 'minutes':
      return { life: lifeText(words.tag, Number(text)) };
    case 'days':
      return { life: lifeText(words.tag, Number(text) * 1_440) };
    case 'at':
      return { at: instantText(words, Number(text)) };
    case 'ip':
      return { ip: isIP(text) === 0 ? '–' : text };
    case 'device': {
      const { browser, system } = deviceParts(text);
      return { device: words.deviceName(browser, system) };
    }
    case 'newEmail':
      return { new_email: oneLine(text) };
    case 'username':
      return { username: oneLine(nameFor(text, to)) };
    default:
      return { [name]: oneLine(text) };
  }
}

function oneLine(text: string): string {
  const line = text.toWellFormed().replace(unfit, ' ').trim();
  if (Buffer.byteLength(line) <= maxBytes) return line;
  let [short, bytes] = ['', 0];
  for (const sign of line) {
    bytes += Buffer.byteLength(sign);
    if (bytes > maxBytes - 3) break;
    short += sign;
  }
  return `${short}…`;
}

/** What mail programs make a link of, or what reads like a message: something to call, or a sentence. */
const spelledLink = /:|\/|\\|www\.|[\p{L}\p{N}]\.[\p{L}]{2}|(?:\p{N}[^\p{L}\p{N}]?){5}|(?:\S+\s+){4}/iu;
const longestName = 40;

/**
 * How a reader is called: by their username, unless that looks like a link or a message. Anybody may sign up with the address of somebody
 * else and a username of their choice, and must not be able to send them anything in our name.
 */
const nameFor = (username: string, to: string): string =>
  username === '' || spelledLink.test(username.normalize('NFKC')) || [...username].length > longestName ? to : username;
