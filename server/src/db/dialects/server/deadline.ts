import { databaseUnavailable } from '../../unavailable.ts';
import { commitInDoubt } from './commit-in-doubt.ts';

/** Bounds a piece of work in time, whatever the server does or does not answer. */
export interface Deadline {
  /** What is to be called when the time is up; the latest counts. */
  onExpiry(abort: () => void): void;
  readonly expired: boolean;
  /** A commit is under way: when the time is up now, nobody can say whether the change was made. */
  inDoubt: boolean;
}

/**
 * Runs `work`; when it takes longer than `milliseconds`, aborts what it waits for and refuses.
 *
 * @throws `database-unavailable`
 */
export async function withDeadline<T>(milliseconds: number, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  let abort = (): void => {};
  let expired = false;
  let timer: NodeJS.Timeout | undefined;
  const deadline: Deadline = {
    onExpiry: (next) => {
      abort = next;
    },
    get expired() {
      return expired;
    },
    inDoubt: false,
  };
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      expired = true;
      const cause = new Error(`no answer in ${milliseconds} ms`);
      reject(deadline.inDoubt ? commitInDoubt(cause) : databaseUnavailable({ retryAfterSeconds: 1, cause }));
      abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([work(deadline), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
