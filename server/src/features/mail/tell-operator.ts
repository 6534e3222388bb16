import type { Database } from '../../db/database.ts';
import { type Clock, type Instant, iso } from '../../kernel/clock.ts';
import { harmlessReason } from './policy.ts';
import type { MailStore } from './store.ts';

/** Says in the log what an operator should know of the outbox; the same no more often than every ten minutes. */
export interface TellOperator {
  /** A mail was given up. */
  givenUp(reason: string): void;
  /** The outbox could not be worked at. */
  fault(error: unknown): void;
  /** Looks whether mails are late, and says so. */
  ifLate(): Promise<void>;
}

const quietMs = 600_000;
/** By then a mail that somebody waits for is late. */
const lateMs = 300_000;

export function createTellOperator(deps: {
  db: Database;
  clock: Clock;
  store: MailStore;
  warn: (text: string) => void;
}): TellOperator {
  const { db, clock, store } = deps;
  const saidAt = new Map<string, Instant>();
  let givenUp = 0;

  const say = (subject: string, text: () => string): void => {
    const last = saidAt.get(subject);
    if (last !== undefined && clock.now() - last < quietMs) return;
    saidAt.set(subject, clock.now());
    deps.warn(text());
  };

  return {
    givenUp(reason) {
      givenUp += 1;
      say('given up', () => {
        const many = `mails given up: ${givenUp}; the last one: ${reason}. See keyward mail list --state given-up`;
        givenUp = 0;
        return many;
      });
    },
    fault(error) {
      const reason = harmlessReason(error instanceof Error ? error.message : String(error));
      say('fault', () => `mails cannot be sent just now: ${reason}`);
    },
    async ifLate() {
      const { waiting, since, lastError } = await store.backlog(db, clock.now() - lateMs);
      if (since === undefined) return;
      const from = iso(since);
      const reason = lastError === undefined ? 'they have not been tried' : `the last failure: ${lastError}`;
      say('late', () => `the outbox is late: ${waiting} mails wait, the oldest since ${from}; ${reason}`);
    },
  };
}
