import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/derive.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import { sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail } from '../users/index.ts';
import { invalidOneTimeToken } from './errors.ts';
import type { DigestOfCode } from './issue-token.ts';
import { triesPerCode } from './policy.ts';
import type { LiveToken, OneTimeCodesStore } from './store.ts';

/** What somebody presents: the token of a link, or the code of a mail and the address that it went to. */
export type Presented = { readonly token: string } | { readonly code: string; readonly email: string };

/**
 * Finds what was presented, and uses nothing up: `useToken` does, in the transaction of what it is good for. A code that is wrong has cost a
 * try; after five its mail is good by its link alone.
 *
 * @throws invalidOneTimeToken for one that is used, expired, killed by a newer one, of another purpose, or made up: one answer for all;
 * tooManyAttempts
 */
export type FindToken = (purpose: Purpose, presented: Presented, ip: string) => Promise<LiveToken>;

export function createFindToken(deps: {
  db: Database;
  clock: Clock;
  throttle: Throttle;
  store: OneTimeCodesStore;
  digestOfCode: DigestOfCode;
}): FindToken {
  const { db, clock, throttle, store, digestOfCode } = deps;

  const findByCode = async (purpose: Purpose, email: string, code: string, ip: string) => {
    const emailKey = foldEmail(email);
    // Across codes, so that asking for new ones buys no more guesses.
    const charged = await throttle.charge([
      { kind: 'code', of: [purpose, emailKey] },
      { kind: 'code-source', of: [sourceOf(ip)] },
    ]);
    const query = { purpose, emailKey, codeHash: digestOfCode(purpose, emailKey, code), now: clock.now() };
    const ofAddress = { ...charged, counters: charged.counters.filter(({ kind }) => kind === 'code') };
    return db.transact(async (tx) => {
      const found = await store.tryCode(tx, { ...query, triesAtMost: triesPerCode });
      // That of the source stays: who has an address of their own must not win back guesses at those of others with it.
      if (found !== undefined) await throttle.forgive(tx, ofAddress);
      return found;
    });
  };

  const findByToken = async (purpose: Purpose, token: string, ip: string) => {
    const found = await store.findByToken(db, { purpose, tokenHash: sha256(token), now: clock.now() });
    if (found === undefined) await throttle.countMadeUpToken(ip);
    return found;
  };

  return async (purpose, presented, ip) => {
    const found =
      'token' in presented
        ? await findByToken(purpose, presented.token, ip)
        : await findByCode(purpose, presented.email, presented.code, ip);
    if (found === undefined) throw invalidOneTimeToken();
    return found;
  };
}
