import { createHash, createHmac } from 'node:crypto';
import { verify } from '@node-rs/bcrypt';
import { groupsOf } from './encodings.ts';
import { createScheme } from './scheme.ts';

interface BcryptHash {
  /** The hash as bcrypt itself writes it. */
  readonly crypt: string;
  readonly cost: number;
  /** What bcrypt is given in place of the password. */
  readonly prepare: (password: string) => string;
}

/** Each step doubles the work; 15 takes about two seconds, 31 a day and a half. */
const highestCost = 15;

const cryptPattern = /^\$2[aby]\$(?<cost>0[4-9]|[12]\d|3[01])\$[./A-Za-z\d]{53}$/;
const passlib1Pattern =
  /^\$bcrypt-sha256\$(?<ident>2[ab]),(?<cost>\d{1,2})\$(?<salt>[./A-Za-z\d]{22})\$(?<digest>[./A-Za-z\d]{31})$/;
const passlib2Pattern =
  /^\$bcrypt-sha256\$v=2,t=(?<ident>2b),r=(?<cost>\d{1,2})\$(?<salt>[./A-Za-z\d]{22})\$(?<digest>[./A-Za-z\d]{31})$/;

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8');

/** As it is: that bcrypt takes 72 bytes and no more is part of the hash that somebody once made, so it is right here. */
const asItIs = (password: string) => password;

function readCrypt(crypt: string, prepare: BcryptHash['prepare']): BcryptHash | undefined {
  const groups = groupsOf(cryptPattern, crypt);
  return groups && { crypt, cost: Number(groups.cost), prepare };
}

function readPasslib(stored: string): BcryptHash | undefined {
  const second = groupsOf(passlib2Pattern, stored);
  const groups = second ?? groupsOf(passlib1Pattern, stored);
  if (groups === undefined) return undefined;
  const { ident = '', cost = '', salt = '', digest = '' } = groups;
  // Version 2 keys its digest with the salt, so that a leaked plain SHA-256 cannot be tried against it ("shucking").
  const prepare = (password: string) =>
    (second ? createHmac('sha256', salt).update(password, 'utf8') : sha256(password)).digest('base64');
  return readCrypt(`$${ident}$${cost.padStart(2, '0')}$${salt}${digest}`, prepare);
}

/**
 * bcrypt: plain `$2a$ $2b$ $2y$`, Django's `bcrypt$` and `bcrypt_sha256$`, passlib's `$bcrypt-sha256$` in both versions.
 * Not `$2x$`: it marks the hashes of an implementation that confused passwords.
 */
export const bcrypt = createScheme<BcryptHash>({
  read(stored) {
    if (stored.startsWith('$bcrypt-sha256$')) return readPasslib(stored);
    if (stored.startsWith('bcrypt$')) return readCrypt(stored.slice('bcrypt$'.length), asItIs);
    if (stored.startsWith('bcrypt_sha256$'))
      return readCrypt(stored.slice('bcrypt_sha256$'.length), (password) => sha256(password).digest('hex'));
    return readCrypt(stored, asItIs);
  },
  isBearable: ({ cost }) => cost <= highestCost,
  matches: ({ crypt, prepare }, password) => verify(prepare(password), crypt),
});
