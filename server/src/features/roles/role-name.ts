import type { FieldError } from '../../kernel/errors.ts';

const maxLength = 64;

const plainName = /^[^\p{C}\p{Z}]+( [^\p{C}\p{Z}]+)*$/u;
/** What is not seen (RFC 8264 §9.13, and the blank of Braille): with it a role would look like another. */
const unseen = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

const latin = /\p{Script=Latin}/u;
/** What may stand beside Latin letters: UTS 39 §5.2, "highly restrictive". Cyrillic and Greek letters look like Latin ones. */
const notBesideLatin =
  /[^\p{scx=Latin}\p{scx=Common}\p{scx=Inherited}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Hangul}]/u;

/** Signs that pass for a letter of `admin` and are not folded into it; of the Latin script, digits and signs (UTS 39 §4). */
const lookAlikes: readonly (readonly [letter: string, signs: RegExp])[] = [
  ['a', /[ɑᴀɐ@4]/gu],
  ['d', /[ᴅđ]/gu],
  ['m', /rn|[ᴍɱ]/gu],
  ['i', /[ıɪɩɨl1|!]/gu],
  ['n', /[ɴŋ]/gu],
];

/** The form by which a role's name is unique; the same as of a username. */
export function foldRoleName(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** What is wrong with the name of a role; empty when nothing is. */
export function checkRoleName(name: string): FieldError[] {
  const folded = foldRoleName(name);
  if ([...folded].length > maxLength || !plainName.test(folded) || unseen.test(name))
    return fault(`Use 1 to ${maxLength} visible characters.`);
  if (latin.test(folded) && notBesideLatin.test(folded))
    return fault('Do not mix Latin letters with those of a script that looks like it.');
  if (folded !== 'admin' && lettersSeen(folded) === 'admin') return fault('This looks like the built-in role admin.');
  return [];
}

const fault = (detail: string): FieldError[] => [{ pointer: '/name', detail }];

/** What a hasty reader sees: letters without their marks, and for each look-alike the letter. */
function lettersSeen(folded: string): string {
  const bare = folded.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return lookAlikes.reduce((text, [letter, signs]) => text.replaceAll(signs, letter), bare);
}
