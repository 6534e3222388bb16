import { createHash, createHmac } from 'node:crypto';
import { hash } from '@node-rs/bcrypt';
import { blankOut, groupsOf, readBcryptBase64 } from './encodings.ts';
import { createScheme, type PartedHash } from './scheme.ts';
import { asWordPressSpells, wordPressPrehash } from './wordpress.ts';

/** Characters. */
const digestLength = 31;

interface BcryptHash extends PartedHash {
  readonly cost: number;
  readonly salt: Buffer;
  /** What bcrypt is given in place of the password. */
  readonly prepare: (password: string) => string;
}

/** Each step doubles the work; 15 takes about two seconds, 31 a day and a half. */
const highestCost = 15;

/** OWASP Password Storage, bcrypt. */
const leastCost = 10;

const cryptPattern = /^\$2[aby]\$(?<cost>0[4-9]|[12]\d|3[01])\$(?<salt>[./A-Za-z\d]{22})(?<digest>[./A-Za-z\d]{31})$/;
const passlib1Pattern =
  /^\$bcrypt-sha256\$(?<ident>2[ab]),(?<cost>\d{1,2})\$(?<salt>[./A-Za-z\d]{22})\$(?<digest>[./A-Za-z\d]{31})$/;
const passlib2Pattern =
  /^\$bcrypt-sha256\$v=2,t=(?<ident>2b),r=(?<cost>\d{1,2})\$(?<salt>[./A-Za-z\d]{22})\$(?<digest>[./A-Za-z\d]{31})$/;

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8');

/** As it is: that bcrypt takes 72 bytes and no more is part of the hash that somebody once made, so it is right here. */
const asItIs = (password: string) => password;

/** What stands before bcrypt's own text, and what bcrypt is given then. */
const wrappers: Readonly<Record<string, BcryptHash['prepare']>> = {
  bcrypt$: asItIs,
  bcrypt_sha256$: (password) => sha256(password).digest('hex'),
  $wp: wordPressPrehash,
};

function readCrypt(crypt: string, prepare: BcryptHash['prepare']): BcryptHash | undefined {
  const groups = groupsOf(cryptPattern, crypt);
  if (groups === undefined) return undefined;
  const { cost, salt = '', digest = '' } = groups;
  const blank = blankOut(crypt, digest, '.');
  return { cost: Number(cost), salt: readBcryptBase64(salt), digest: Buffer.from(digest), blank, prepare };
}

function readPasslib(stored: string): BcryptHash | undefined {
  const second = groupsOf(passlib2Pattern, stored);
  const groups = second ?? groupsOf(passlib1Pattern, stored);
  if (groups === undefined) return undefined;
  const { ident = '', cost = '', salt = '', digest = '' } = groups;
  // Version 2 keys its digest with the salt, so that a leaked plain SHA-256 cannot be tried against it ("shucking").
  const prepare = (password: string) =>
    (second ? createHmac('sha256', salt).update(password, 'utf8') : sha256(password)).digest('base64');
  const found = readCrypt(`$${ident}$${cost.padStart(2, '0')}$${salt}${digest}`, prepare);
  return found && { ...found, blank: blankOut(stored, digest, '.') };
}

/**
 * bcrypt: plain `$2a$ $2b$ $2y$`, Django's `bcrypt$` and `bcrypt_sha256$`, passlib's `$bcrypt-sha256$` in both versions, WordPress's
 * `$wp$2y$` (from 6.8 on). Not `$2x$`: it marks the hashes of an implementation that confused passwords.
 */
export const bcrypt = createScheme<BcryptHash>({
  read(stored) {
    if (stored.startsWith('$bcrypt-sha256$')) return readPasslib(stored);
    const wrapper = Object.keys(wrappers).find((prefix) => stored.startsWith(prefix)) ?? '';
    const found = readCrypt(stored.slice(wrapper.length), wrappers[wrapper] ?? asItIs);
    return found && { ...found, blank: wrapper + found.blank };
  },
  isBearable: ({ cost }) => cost <= highestCost,
  costOf: ({ cost }) => ({ kind: 'bcrypt', cost }),
  isWeak: ({ cost }) => cost < leastCost,
  spellings: ({ prepare }, password) => (prepare === wordPressPrehash ? asWordPressSpells(password) : [password]),
  derive: async ({ cost, salt, prepare }, password) =>
    Buffer.from((await hash(prepare(password), cost, salt)).slice(-digestLength)),
});
