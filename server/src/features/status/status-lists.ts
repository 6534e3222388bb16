import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Reads } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { type GetKeyRing, type SigningKey, signCompact } from '../keys/index.ts';
import { type SessionsStore, statusListSize, statusListUri } from '../sessions/index.ts';
import { statusListNotFound } from './errors.ts';
import { listTimes, setBits } from './policy.ts';

/** Which sessions have ended, as lists that anybody may fetch and keep. */
export interface StatusLists {
  /**
   * The list as a signed JWT (draft-ietf-oauth-status-list §5.1); what it says is not older than `listTimes.cached`.
   * @throws statusListNotFound for a list that no session stands in, be it not yet or no more
   */
  get(list: number): Promise<string>;
  /** The addresses of those that exist. */
  addresses(): Promise<string[]>;
}

interface Signed {
  readonly token: string;
  readonly key: SigningKey;
}

/** Something that takes a while to find out, and since when somebody has been at it. */
interface Answer<T> {
  readonly begunAt: Instant;
  readonly value: Promise<T>;
}

/** Places read at once: well under a millisecond of SQLite. */
const chunk = 1_024;

/** Eight million sessions; 10 KB each at most. */
const listsKept = 256;

const compress = promisify(deflate);

export function createStatusLists(deps: {
  db: Reads;
  clock: Clock;
  keys: { readonly ring: GetKeyRing };
  store: Pick<SessionsStore, 'nextStatusIndex' | 'listEnded'>;
  issuer: string;
}): StatusLists {
  const { db, clock, keys, store, issuer } = deps;
  const signed = new Map<number, Answer<Signed>>();
  /** Apart from those that are done: numbers that somebody makes up must not push out what others ask for. */
  const underWay = new Map<number, Answer<Signed>>();
  let known: Answer<string[]> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One list after the other: many that are asked for at once must not take all connections from those who sign in. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };

  const isFresh = ({ begunAt }: Answer<unknown>): boolean => {
    const age = clock.now() - begunAt;
    return age >= 0 && age < listTimes.cached;
  };

  const readBits = async (first: number): Promise<Buffer> => {
    const bits = Buffer.alloc(statusListSize / 8);
    for (let from = first; from < first + statusListSize; from += chunk) {
      const ended = await store.listEnded(db, { from, to: from + chunk });
      setBits(
        bits,
        ended.map((place) => place - first),
      );
      await breathe();
    }
    return bits;
  };

  const sign = async (list: number): Promise<Signed> => {
    const readAt = clock.now();
    const first = list * statusListSize;
    const next = await store.nextStatusIndex(db, first);
    if (next === undefined || next >= first + statusListSize) throw statusListNotFound();
    const lst = await compress(await readBits(first), { level: 9 });
    const { current: key } = await keys.ring();
    const iat = Math.floor(readAt / 1_000);
    const payload = {
      iss: issuer,
      sub: statusListUri(issuer, list),
      iat,
      exp: iat + listTimes.valid / 1_000,
      ttl: listTimes.kept / 1_000,
      status_list: { bits: 1, lst: lst.toString('base64url') },
    };
    return { token: signCompact(key.headers['statuslist+jwt'], payload, key), key };
  };

  /** Everybody who asks meanwhile gets the same answer; a failure is nobody's but theirs. */
  const begin = (list: number): Answer<Signed> => {
    const answer = { begunAt: clock.now(), value: inTurn(() => sign(list)) };
    underWay.set(list, answer);
    answer.value.then(
      () => keep(list, answer),
      () => forget(list, answer),
    );
    return answer;
  };

  const keep = (list: number, answer: Answer<Signed>): void => {
    if (underWay.get(list) !== answer) return;
    underWay.delete(list);
    signed.delete(list);
    signed.set(list, answer);
    const [oldest] = signed.keys();
    if (signed.size > listsKept && oldest !== undefined) signed.delete(oldest);
  };

  const forget = (list: number, answer: Answer<Signed>): void => {
    for (const answers of [underWay, signed]) if (answers.get(list) === answer) answers.delete(list);
  };

  /** Skips from list to list: of each, one row is read. */
  const findAddresses = async (): Promise<string[]> => {
    const addresses: string[] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const next: number | undefined = await store.nextStatusIndex(db, from);
      if (next === undefined) break;
      const list = Math.floor(next / statusListSize);
      addresses.push(statusListUri(issuer, list));
      from = (list + 1) * statusListSize;
      await breathe();
    }
    return addresses;
  };

  return {
    async get(list) {
      for (;;) {
        const kept = underWay.get(list) ?? signed.get(list);
        const answer = kept !== undefined && isFresh(kept) ? kept : begin(list);
        const { token, key } = await answer.value;
        // A key that was revoked takes with it what it has signed.
        if ((await keys.ring()).all.includes(key)) return token;
        forget(list, answer);
      }
    },
    addresses() {
      if (known !== undefined && isFresh(known)) return known.value;
      const answer = { begunAt: clock.now(), value: findAddresses() };
      known = answer;
      answer.value.catch(() => {
        if (known === answer) known = undefined;
      });
      return answer.value;
    },
  };
}
