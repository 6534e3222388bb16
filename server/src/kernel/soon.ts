/**
 * A value, or the promise of one where it must be waited for. Whoever awaits it need not care; whoever is asked thousands of times a second
 * goes on with `andThen`, without a promise for what is known already (docs/decisions/0021).
 */
export type Soon<T> = T | Promise<T>;

/** Goes on with the value: at once if it is there. What `next` throws is then thrown at once too. */
export function andThen<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
