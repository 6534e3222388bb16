import { isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Instant } from '../../kernel/clock.ts';
import type { FieldError } from '../../kernel/errors.ts';
import type { User } from './user.ts';

/** What a user is at an instant. A disability ends by itself at its `until`: from that millisecond on the user is active. */
export type UserStatus = 'active' | 'disabled' | 'deleted';

type Standing = Pick<User, 'deletedAt' | 'disabledAt' | 'disabledUntil'>;

export function statusOf({ deletedAt, disabledAt, disabledUntil }: Standing, now: Instant): UserStatus {
  if (deletedAt !== undefined) return 'deleted';
  const runOut = disabledUntil !== undefined && disabledUntil <= now;
  return disabledAt === undefined || runOut ? 'active' : 'disabled';
}

/** Whether there is such a user and they are let in. */
export const isActive = (user: Standing | undefined, now: Instant): boolean =>
  user !== undefined && statusOf(user, now) === 'active';

/** Longest username, in code points. */
const maxUsernameLength = 64;
/** Longest address: 64 octets of local part, `@`, and what fits into 254 octets of path (RFC 5321 §4.5.3.1.3, erratum 1690). */
const maxEmailLength = 254;
const maxLocalPartLength = 64;

/** What RFC 5321 §4.1.2 calls Dot-string, with the letters of RFC 6531; quoted local parts are not taken. */
const localPart = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const asciiDomain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
/**
 * `domainToASCII` reads its text as the host of a URL: what begins another part of a URL would be cut off, what is encoded decoded, and
 * line breaks and tabs dropped, which in an address would begin another header of a mail.
 */
const urlSyntax = /[\p{C}\p{Z}/\\?#:%[\]]/u;
/**
 * What is not seen: default-ignorable signs (RFC 8264 §9.13), among them letters and marks, and the blank of Braille. With them a name
 * would look like another's.
 */
const unseen = /[\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Letters, digits, marks, punctuation, symbols, and single inner spaces: no control character, nothing that turns the text around. */
const username = /^[^\p{C}\p{Z}@]+( [^\p{C}\p{Z}@]+)*$/u;

/**
 * The form by which a username is unique: RFC 8265 §3.3 (UsernameCaseMapped) in what matters: width and compatibility forms
 * folded, then letter case. Accents stay, since they tell names apart.
 */
export function foldUsername(name: string): string {
  return foldText(name);
}

/**
 * The form by which an address is unique. RFC 5321 §2.4 lets a host tell local parts apart by case; none that matters does, and an
 * account that exists twice by case is the worse evil. The domain becomes ASCII, so that both spellings of an IDN are one.
 *
 * What has no `@` stays as it is, and so is nobody's address: a username must never fold into the address of a stranger.
 */
export function foldEmail(address: string): string {
  const at = address.lastIndexOf('@');
  if (at === -1) return address;
  const domain = address.slice(at + 1);
  return `${foldText(address.slice(0, at))}@${domainToASCII(domain) || domain.toLowerCase()}`;
}

/** Whether an address of this folded form is the user's own, however they have spelt it. */
export const hasAddress = ({ email }: Pick<User, 'email'>, emailKey: string): boolean => foldEmail(email) === emailKey;

/** What the folded forms of addresses begin with that begin with `text`. A domain that is no ASCII must be whole, since its code is. */
export function foldEmailPrefix(text: string): string {
  const at = text.lastIndexOf('@');
  if (at === -1) return foldText(text);
  const domain = text.slice(at + 1).toLowerCase();
  const isAscii = /^\p{ASCII}*$/u.test(domain);
  return `${foldText(text.slice(0, at))}@${(!isAscii && domainToASCII(domain)) || domain}`;
}

/** Normalised again after the change of case, which may leave a letter in two pieces that has no capital in one (`ẖ`). */
function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** What is wrong with the names of a new account; empty when nothing is. A username has no `@`, so it is never an address. */
export function checkNames(names: { username: string; email: string }): FieldError[] {
  const faults: FieldError[] = [];
  if (!isUsername(names.username)) {
    faults.push({
      pointer: '/username',
      detail: `Use 1 to ${maxUsernameLength} visible characters, without @ and without spaces at the ends or in a row.`,
    });
  }
  if (!isEmail(names.email))
    faults.push({ pointer: '/email', detail: 'Give an e-mail address such as ada@example.com.' });
  return faults;
}

/** Lengths are those of the folded forms too: a ligature may stand for eighteen letters. */
function isUsername(text: string): boolean {
  const name = text.normalize('NFKC');
  return [...name].length <= maxUsernameLength && username.test(name) && !unseen.test(text);
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at).normalize('NFKC');
  const domain = text.slice(at + 1);
  if (at < 1 || Buffer.byteLength(text) > maxEmailLength || Buffer.byteLength(local) > maxLocalPartLength) return false;
  if (unseen.test(text) || urlSyntax.test(domain)) return false;
  const host = domainToASCII(domain);
  // A number for a host is no domain of mail, in whichever of its spellings (`0x7f.1`).
  return localPart.test(local) && asciiDomain.test(host) && !isIPv4(host);
}
