import { setImmediate as breathe } from 'node:timers/promises';
import { tooManySubscribers } from './errors.ts';
import { createSeats } from './seats.ts';
import { beginWatch, type Watch, type WatchDeps } from './watch.ts';

/** The end of somebody who follows the feed. */
export interface Subscriber {
  /** Takes events, or cuts itself off when too many are waiting. The bytes are shared by all: not to be changed. */
  send(events: Buffer): void;
  end(): void;
}

/** A seat among those who follow the feed. */
export interface Seat {
  /** Sees to it that the feed knows how things stand. @throws when the database cannot be read */
  ready(): Promise<void>;
  /** Begins to tell, from the start and at once; does nothing once the seat was left. After `ready` only. */
  join(subscriber: Subscriber): void;
  /** As often as one likes. */
  leave(): void;
}

/** Tells revocations to those who follow, within `feedTimes.poll` and a read of their commit. */
export interface Feed {
  /** @throws tooManySubscribers */
  take(ip: string): Seat;
  /** Ends every stream and takes nobody any more. */
  close(): Promise<void>;
}

/** So many are told between two turns of the event loop. */
const toldAtOnce = 100;

/** The database is read while somebody has a seat, once for all of them. */
export function createFeed(deps: WatchDeps & { readonly maxSubscribers: number }): Feed {
  const seats = createSeats(deps.maxSubscribers);
  const subscribers = new Set<Subscriber>();
  let watch: Watch | undefined;
  let closed = false;

  const tell = async (events: Buffer): Promise<void> => {
    let told = 0;
    for (const subscriber of subscribers) {
      subscriber.send(events);
      told += 1;
      if (told % toldAtOnce === 0) await breathe();
    }
  };

  const endWatch = async (): Promise<void> => {
    const ended = watch;
    watch = undefined;
    await ended?.stop();
  };

  return {
    take(ip) {
      if (closed) throw tooManySubscribers({ retryAfterSeconds: 1 });
      const giveBack = seats.take(ip);
      watch ??= beginWatch(deps, tell);
      const own = watch;
      let subscriber: Subscriber | undefined;
      let left = false;
      return {
        ready: () => own.ready(),
        join(joining) {
          if (left) return;
          if (closed) return joining.end();
          subscriber = joining;
          for (const events of own.greeting()) joining.send(events);
          subscribers.add(joining);
        },
        leave() {
          left = true;
          giveBack();
          if (subscriber !== undefined) subscribers.delete(subscriber);
          if (seats.taken === 0) void endWatch();
        },
      };
    },
    async close() {
      closed = true;
      for (const subscriber of subscribers) subscriber.end();
      subscribers.clear();
      await endWatch();
    },
  };
}
