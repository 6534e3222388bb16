import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type Mailer, MailRefused, MailServerAway } from '../../kernel/mailer.ts';
import type { Random } from '../../kernel/random.ts';
import type { Brand } from './brand.ts';
import { openPosting } from './open-posting.ts';
import { backOffMs, harmlessReason } from './policy.ts';
import type { RenderLetter } from './render-letter.ts';
import type { Claim, MailStore, WaitingMail } from './store.ts';

/** What became of a claimed mail; `away` says of the mail server that others need not try it either just now. */
export type Delivered = 'sent' | 'put-off' | 'given-up' | 'away';

/**
 * Sends a mail that was claimed, and writes down what came of it. Nothing is open in the database meanwhile. Whoever dies between the two
 * has sent a mail that is sent again: at least once, with the same id.
 *
 * @param signal breaks it off; the mail is then anybody's at once
 * @throws what keeps the outcome from being written down
 */
export type DeliverMail = (mail: WaitingMail, signal: AbortSignal) => Promise<Delivered>;

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

  const giveUp = async (claim: Claim, error: string): Promise<Delivered> => {
    if (await settle((tx) => store.giveUp(tx, claim, { at: clock.now(), error }))) onGivenUp(error);
    return 'given-up';
  };
  const putOff = async (claim: Claim, waitMs: number, error: string | undefined): Promise<void> => {
    await settle((tx) => store.putOff(tx, claim, { dueAt: clock.now() + waitMs, error }));
  };

  const send = async (mail: WaitingMail, signal: AbortSignal): Promise<void> => {
    const posting = openPosting(mail, keys);
    await mailer.send({ id: mail.id, to: posting.to, date: mail.createdAt, ...render(posting, brand) }, signal);
  };

  const afterFailure = async (mail: WaitingMail, error: unknown, signal: AbortSignal): Promise<Delivered> => {
    const reason = harmlessReason(error instanceof Error ? error.message : String(error));
    if (error instanceof MailRefused) return giveUp(mail, reason);
    const waitMs = backOffMs(mail.attempts, chanceOf(deps.random));
    if (signal.aborted) await putOff(mail, 0, undefined);
    else if (clock.now() + waitMs >= mail.expiresAt) return giveUp(mail, `expired; the last attempt: ${reason}`);
    else await putOff(mail, waitMs, reason);
    return error instanceof MailServerAway ? 'away' : 'put-off';
  };

  return async (mail, signal) => {
    if (clock.now() >= mail.expiresAt) return giveUp(mail, 'expired before it was sent');
    try {
      await send(mail, signal);
    } catch (error) {
      return afterFailure(mail, error, signal);
    }
    await settle((tx) => store.markSent(tx, mail, clock.now()));
    return 'sent';
  };
}

const chanceOf = (random: Random): number => random.bytes(4).readUInt32BE() / 2 ** 32;
