import { databaseUnavailable } from '../../unavailable.ts';

/** Makes commits durable, many with one sync. */
export interface GroupCommit {
  /** A transaction has committed to the WAL. */
  committed(): void;
  /** Resolves when everything that was committed before this call is on the disk. */
  durable(): Promise<void>;
  /** @throws `database-unavailable` once a sync has failed */
  assertHealthy(): void;
  /** A sync that somebody else made (a checkpoint's) has failed: as final as one of our own. */
  fail(error: unknown): void;
}

/**
 * Group commit: SQLite commits with `synchronous=NORMAL`, that is, without a sync; all who wait then share one `fdatasync` of the
 * WAL. A commit that arrives while a sync runs waits for the next one, since the running one may have started before its bytes.
 *
 * A failed sync is final. The kernel may have dropped the dirty pages and report success at the next try ("fsyncgate", 2018), so
 * a retry proves nothing: from then on every write is refused until a restart reads back what the disk really holds.
 *
 * @param sync one `fdatasync` of the WAL
 */
export function createGroupCommit(sync: () => Promise<void>): GroupCommit {
  let commits = 0;
  let synced = 0;
  let running: Promise<void> | undefined;
  let failure: unknown;

  const assertHealthy = (): void => {
    if (failure !== undefined) {
      throw databaseUnavailable({
        detail: 'A write to the disk has failed; nothing is written any more until the server is restarted.',
        retryAfterSeconds: 60,
        cause: failure,
      });
    }
  };

  const syncOnce = async (): Promise<void> => {
    const upTo = commits;
    try {
      await sync();
      synced = upTo;
    } catch (error) {
      failure ??= error;
    } finally {
      running = undefined;
    }
  };

  return {
    committed: () => {
      commits += 1;
    },
    async durable() {
      const mine = commits;
      while (synced < mine && failure === undefined) {
        running ??= syncOnce();
        await running;
      }
      assertHealthy();
    },
    assertHealthy,
    fail: (error) => {
      failure ??= error;
    },
  };
}
