import { sourceOf } from '../throttle/index.ts';
import { tooManySubscribers } from './errors.ts';

/** How many may follow the feed from one source: so many processes behind one address is much, and yet a fiftieth of all. */
const perSource = 20;

const retryAfterSeconds = 30;

/** Who may follow the feed at once. */
export interface Seats {
  readonly taken: number;
  /** @returns what gives the seat back, as often as it is called @throws tooManySubscribers */
  take(ip: string): () => void;
}

export function createSeats(max: number): Seats {
  const bySource = new Map<string, number>();
  let taken = 0;

  const count = (source: string, by: number): void => {
    const now = (bySource.get(source) ?? 0) + by;
    if (now === 0) bySource.delete(source);
    else bySource.set(source, now);
    taken += by;
  };

  return {
    get taken() {
      return taken;
    },
    take(ip) {
      const source = sourceOf(ip);
      const ofSource = bySource.get(source) ?? 0;
      if (taken >= max || ofSource >= perSource) throw tooManySubscribers({ retryAfterSeconds });
      count(source, 1);
      let given = false;
      return () => {
        if (given) return;
        given = true;
        count(source, -1);
      };
    },
  };
}
