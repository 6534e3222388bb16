import { DomainError, refusal } from '../../kernel/errors.ts';

/** The edge knows it too, since API keys that nobody has are counted before any route is reached. */
export { tooManyAttempts } from '../../kernel/too-many-attempts.ts';

export const attemptsUncounted = refusal(
  'attempts-uncounted',
  'unavailable',
  'Attempts cannot be counted just now, so none is heard; nothing was changed.',
  'Try again after the time in `Retry-After`. If it lasts, the operator finds the reason in the log: without its counters the server lets nobody try passwords.',
);

/** Fails closed: whatever keeps an attempt from being counted keeps it from being made. @throws attemptsUncounted */
export async function countedOrRefused<T>(counting: Promise<T>): Promise<T> {
  try {
    return await counting;
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw attemptsUncounted({ retryAfterSeconds: 5, cause });
  }
}
