import { databaseUnavailable } from '../../unavailable.ts';
import type { Deadline } from './deadline.ts';
import type { ServerConnection, ServerDriver } from './driver.ts';
import { faultKindOf } from './persistently.ts';

/**
 * Lends a connection. One that has failed, or that still works when the time is up, is closed instead of given back: nobody knows what it
 * still has to say.
 */
export async function withConnection<T>(
  driver: ServerDriver,
  deadline: Deadline,
  work: (connection: ServerConnection) => Promise<T>,
): Promise<T> {
  // Its time may be up before its turn has come.
  if (deadline.expired) throw databaseUnavailable({ retryAfterSeconds: 1 });
  const connection = await driver.acquire();
  let held = true;
  const giveBack = (broken: boolean): void => {
    if (!held) return;
    held = false;
    if (broken) connection.destroy();
    else connection.release();
  };
  if (deadline.expired) {
    giveBack(false);
    throw databaseUnavailable({ retryAfterSeconds: 1 });
  }
  deadline.onExpiry(() => giveBack(true));
  try {
    const result = await work(connection);
    giveBack(false);
    return result;
  } catch (error) {
    giveBack(deadline.inDoubt || faultKindOf(driver, error) === 'gone');
    throw error;
  } finally {
    deadline.inDoubt = false;
  }
}
