import type { Database, Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { MailAgainstPolicy, type Mailer, MailRefused, MailServerAway } from '../../kernel/mailer.ts';
import type { Random } from '../../kernel/random.ts';
import type { Brand } from './brand.ts';
import { openPosting } from './open-posting.ts';
import { backOffMs, harmlessReason, lastTryAt, mostFailuresByPolicy } from './policy.ts';
import type { RenderLetter } from './render-letter.ts';
import type { Claim, MailStore, NextTry, WaitingMail } from './store.ts';

/**
 * Sends a mail that was claimed, and writes down what came of it. Nothing is open in the database meanwhile. Whoever dies between the two
 * has sent a mail that is sent again: at least once, with the same id.
 *
 * @throws what keeps the outcome from being written down
 */
export type DeliverMail = (mail: WaitingMail, around: Surroundings) => Promise<void>;

export interface Surroundings {
  /** Breaks it off; the mail is then anybody's at once. */
  readonly signal: AbortSignal;
  /** Is told that the mail server is away, so that others do not try it either just now. @returns when it is asked again */
  readonly onAway: () => Instant;
}

export interface DeliverMailDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: MailStore;
  readonly keys: readonly Buffer[];
  readonly mailer: Mailer;
  readonly render: RenderLetter;
  readonly brand: Brand;
  /** Is told why a mail was given up. */
  readonly onGivenUp: (reason: string) => void;
}

export function createDeliverMail(deps: DeliverMailDeps): DeliverMail {
  const { db, clock, store, keys, mailer, render, brand, onGivenUp } = deps;

  /** In a transaction of its own. Where another node has the mail by now, it is that node's to say what becomes of it. */
  const settle = (work: (tx: Tx) => Promise<boolean>) => db.transact(work);

  const giveUp = async (claim: Claim, error: string): Promise<void> => {
    if (await settle((tx) => store.giveUp(tx, claim, { at: clock.now(), error }))) onGivenUp(error);
  };
  const putOff = (claim: Claim, next: NextTry) => settle((tx) => store.putOff(tx, claim, next));

  const send = async (mail: WaitingMail, signal: AbortSignal): Promise<void> => {
    const posting = openPosting(mail, keys);
    await mailer.send({ id: mail.id, to: posting.to, date: mail.createdAt, ...render(posting, brand) }, signal);
  };

  /** A server that is away has said nothing of the mail: it comes back as soon as that server is asked again. */
  const nextTry = (mail: WaitingMail, error: unknown, onAway: () => Instant): Omit<NextTry, 'error'> => {
    if (error instanceof MailServerAway) return { dueAt: onAway(), failures: mail.failures };
    const failures = mail.failures + 1;
    return { dueAt: clock.now() + backOffMs(failures, chanceOf(deps.random)), failures };
  };

  const afterFailure = async (mail: WaitingMail, error: unknown, { signal, onAway }: Surroundings) => {
    const reason = harmlessReason(error instanceof Error ? error.message : String(error));
    const isFinal = error instanceof MailAgainstPolicy && mail.failures >= mostFailuresByPolicy;
    if (error instanceof MailRefused || isFinal) return giveUp(mail, reason);
    if (signal.aborted) return putOff(mail, { dueAt: clock.now(), error: undefined, failures: mail.failures });
    const { dueAt, failures } = nextTry(mail, error, onAway);
    const last = lastTryAt(mail);
    if (clock.now() >= last) return giveUp(mail, `expired; the last attempt: ${reason}`);
    return putOff(mail, { dueAt: Math.min(dueAt, last), error: reason, failures });
  };

  return async (mail, around) => {
    if (clock.now() >= mail.expiresAt) return giveUp(mail, 'expired before it was sent');
    try {
      await send(mail, around.signal);
    } catch (error) {
      await afterFailure(mail, error, around);
      return;
    }
    await settle((tx) => store.markSent(tx, mail, clock.now()));
  };
}

const chanceOf = (random: Random): number => random.bytes(4).readUInt32BE() / 2 ** 32;
