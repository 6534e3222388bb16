import { databaseUnavailable } from '../../unavailable.ts';

/** Bounds a piece of work in time, whatever the server does or does not answer. */
export interface Deadline {
  /** What is to be called when the time is up; the latest counts. */
  onExpiry(abort: () => void): void;
  readonly expired: boolean;
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
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      expired = true;
      reject(databaseUnavailable({ retryAfterSeconds: 1, cause: new Error(`no answer in ${milliseconds} ms`) }));
      abort();
    }, milliseconds);
  });
  const deadline: Deadline = {
    onExpiry: (next) => {
      abort = next;
    },
    get expired() {
      return expired;
    },
  };
  try {
    return await Promise.race([work(deadline), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
