import { createHmac } from 'node:crypto';
import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { deriveKey, sha256 } from '../../kernel/derive.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { LinkTo } from '../mail/index.ts';
import { foldEmail } from '../users/index.ts';
import { codeDigits, terms } from './policy.ts';
import type { OneTimeCodesStore } from './store.ts';

/** 256 bits, as 43 letters of base64url. */
const tokenBytes = 32;

export interface TokenOrder {
  readonly purpose: Purpose;
  readonly user: UserId | undefined;
  /** Where it is going to be sent. */
  readonly email: string;
  /** Where it is good for less time than its purpose allows. */
  readonly lifeSeconds?: number | undefined;
  /** In which it was asked for, where that matters to whoever uses it. */
  readonly session?: SessionId;
}

/** What is sent, and kept nowhere. */
export interface IssuedToken {
  /** For what goes with it into other tables. */
  readonly id: number;
  /** With the token, which is nowhere else. */
  readonly link: string;
  readonly code: string | undefined;
  readonly lifeSeconds: number;
}

/** Makes a token, and the link in which it goes out. It kills the older ones of its purpose, those of the user and those for the address. */
export type IssueToken = (tx: Tx, order: TokenOrder) => Promise<IssuedToken>;

export function createIssueToken(deps: {
  clock: Clock;
  random: Random;
  mail: { readonly linkTo: LinkTo };
  store: OneTimeCodesStore;
  digestOfCode: DigestOfCode;
}): IssueToken {
  const { clock, random, mail, store, digestOfCode } = deps;
  return async (tx, { purpose, user, email, session, ...order }) => {
    const { hasCode, olderStay } = terms[purpose];
    const lifeSeconds = order.lifeSeconds ?? terms[purpose].lifeSeconds;
    const token = random.bytes(tokenBytes).toString('base64url');
    const code = hasCode ? drawCode(random) : undefined;
    const emailKey = foldEmail(email);
    const createdAt = clock.now();
    if (!olderStay) await store.forgetOlder(tx, { purpose, emailKey, user });
    const id = await store.add(tx, {
      ...{ purpose, user, email, emailKey, createdAt },
      ...(session === undefined ? {} : { session }),
      tokenHash: sha256(token),
      codeHash: code === undefined ? undefined : digestOfCode(purpose, emailKey, code),
      expiresAt: createdAt + lifeSeconds * 1_000,
    });
    return { id, link: mail.linkTo(purpose, token), code, lifeSeconds };
  };
}

/** A code has so few bits that who reads the table could try all; under a key of the server's they cannot. */
export type DigestOfCode = (purpose: Purpose, emailKey: string, code: string) => string;

export function createDigestOfCode({ secretKeys }: { secretKeys: SecretKeys }): DigestOfCode {
  const key = deriveKey(secretKeys.present, 'one-time-codes');
  return (purpose, emailKey, code) =>
    createHmac('sha256', key).update(`${purpose} ${code} ${emailKey}`).digest('base64url');
}

/** Each code is as likely as any other: numbers that would favour some are drawn anew. */
function drawCode(random: Random): string {
  const codes = 10 ** codeDigits;
  const fair = Math.floor(2 ** 32 / codes) * codes;
  for (;;) {
    const number = random.bytes(4).readUInt32BE();
    if (number < fair) return String(number % codes).padStart(codeDigits, '0');
  }
}
