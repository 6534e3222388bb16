import type { Database } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { DeliverMail } from './deliver-mail.ts';
import { leaseMs, restMs } from './policy.ts';
import type { MailStore, WaitingMail } from './store.ts';

/** The sending of what is due. Every node and worker does it; each mail is claimed by one. */
export interface Delivery {
  /** Begins, unless it is under way or the mail server has a rest; does not wait, so that a slow server keeps nobody. */
  begin(): void;
  /** Sends all that is due and waits for it. @throws what keeps it from doing so */
  all(): Promise<void>;
  /** Begins no more mails and waits for those under way; breaks them off when they take longer than a drain may. */
  stop(): Promise<void>;
}

/** Mails under way at once in each process: as many as there are connections to the mail server. */
export const deliveryLanes = 5;

/** Seen at once. */
const perLook = 100;

/** How long mails under way may take when the server stops; as long as requests. */
const standingFarewellMs = 10_000;

export function createDelivery(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  store: MailStore;
  deliver: DeliverMail;
  /** Ends what the mailer holds open. */
  close: () => void;
  onFault: (error: unknown) => void;
  /** Tests: a shorter one than the standing. */
  farewellMs?: number;
}): Delivery {
  const { db, clock, random, store, deliver, farewellMs = standingFarewellMs } = deps;
  const breakOff = new AbortController();
  const seen: WaitingMail[] = [];
  const lanes = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;
  let stopped = false;
  let failures = 0;
  let restsUntil: Instant = 0;

  const mayGoOn = () => !stopped && clock.now() >= restsUntil;

  const look = async (): Promise<void> => {
    seen.push(...inRandomOrder(await store.listDue(db, clock.now(), perLook), random));
  };
  /** What was seen is shared, so that an empty outbox costs one look. */
  const next = async (): Promise<WaitingMail | undefined> => {
    if (seen.length === 0) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
    }
    return seen.pop();
  };

  const claim = async (mail: WaitingMail): Promise<WaitingMail | undefined> => {
    const until = clock.now() + leaseMs;
    const isMine = await db.transact((tx) => store.claim(tx, mail, until));
    return isMine ? { ...mail, attempts: mail.attempts + 1 } : undefined;
  };

  const handOver = async (mail: WaitingMail): Promise<void> => {
    let isAway = false;
    const onAway = (): Instant => {
      [isAway, failures] = [true, failures + 1];
      // All lanes fail when it goes, which is one failure.
      restsUntil = clock.now() + restMs(Math.ceil(failures / deliveryLanes));
      return restsUntil;
    };
    await deliver(mail, { signal: breakOff.signal, onAway });
    if (!isAway) [failures, restsUntil] = [0, 0];
  };

  /** Sends one mail after the other until none is due. One that takes long holds up no other lane. */
  const goThrough = async (): Promise<void> => {
    while (mayGoOn()) {
      const mail = await next();
      if (mail === undefined) return;
      const mine = await claim(mail);
      if (mine !== undefined) await handOver(mine);
    }
  };
  const openLane = (): Promise<void> => {
    const lane = goThrough().finally(() => lanes.delete(lane));
    lanes.add(lane);
    return lane;
  };

  return {
    begin() {
      while (lanes.size < deliveryLanes && mayGoOn()) openLane().catch(deps.onFault);
    },
    async all() {
      await Promise.allSettled(lanes);
      await Promise.all(Array.from({ length: deliveryLanes }, openLane));
    },
    async stop() {
      stopped = true;
      const timer = setTimeout(() => breakOff.abort(), farewellMs);
      await Promise.allSettled(lanes);
      clearTimeout(timer);
      deps.close();
    },
  };
}

/** So that several nodes, which see the same, do not reach for the same. */
function inRandomOrder(mails: WaitingMail[], random: Random): WaitingMail[] {
  const draws = random.bytes(4 * mails.length);
  return mails
    .map((mail, place) => ({ mail, draw: draws.readUInt32BE(4 * place) }))
    .sort((one, other) => one.draw - other.draw)
    .map(({ mail }) => mail);
}
