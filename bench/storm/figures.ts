import type { Interval } from './gaps.ts';
import type { Outcome, Sample } from './load.ts';

/** The value that so many per cent do not exceed; NaN of nothing. */
export function percentile(values: readonly number[], per: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * per) / 100) - 1)] ?? Number.NaN;
}

export const accepted = ({ logins }: Outcome): number[] =>
  logins.filter(([, status]) => status === 200).map(([, , ms]) => ms);

/** What should take a moment: from when each was due until it was answered, by the clock of `monotonicMs`. */
export function intervals({ began, logins, reads }: Outcome): Record<'refusals' | 'GET /user', Interval[]> {
  const those = (samples: readonly Sample[], status: number) =>
    samples.filter(([, it]) => it === status).map(([due, , ms]): Interval => [began + due, began + due + ms]);
  return { refusals: those(logins, 503), 'GET /user': those(reads, 200) };
}

/** Logins per second that were answered with tokens while the load lasted: what was answered afterwards does not count. */
export function goodput({ logins, milliseconds }: Outcome): number {
  const inTime = logins.filter(([due, status, ms]) => status === 200 && due + ms <= milliseconds);
  return (inTime.length * 1_000) / milliseconds;
}

/** How often each status came. */
export function statuses(samples: readonly Sample[]): string {
  const counts = Map.groupBy(samples, ([, status]) => status);
  return [...counts]
    .map(([status, { length }]) => `${status}: ${length}`)
    .sort()
    .join(', ');
}

/** When a second began in which all logins were answered with tokens, half of them within `wellMs`: milliseconds from the beginning. */
export function recoveredAfter({ logins }: Outcome, wellMs: number): number {
  const isWell = (from: number): boolean => {
    const second = logins.filter(([due]) => due >= from && due < from + 1_000);
    const times = second.filter(([, status]) => status === 200).map(([, , ms]) => ms);
    return times.length > 0 && times.length === second.length && percentile(times, 50) <= wellMs;
  };
  return logins.map(([due]) => due).find(isWell) ?? Number.POSITIVE_INFINITY;
}

/** `p50 / p99 / max` in milliseconds. */
export const spread = (values: readonly number[]): string =>
  [percentile(values, 50), percentile(values, 99), percentile(values, 100)].map((it) => it.toFixed(1)).join(' / ');
