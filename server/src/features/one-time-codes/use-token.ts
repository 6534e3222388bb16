import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { invalidOneTimeToken } from './errors.ts';
import type { LiveToken, OneTimeCodesStore } from './store.ts';

/**
 * Uses a token up, in the transaction of what it is good for: both or neither, and of many at once one.
 *
 * @throws invalidOneTimeToken when somebody was faster, or a newer one has killed it meanwhile
 */
export type UseToken = (tx: Tx, token: LiveToken) => Promise<void>;

export function createUseToken({ clock, store }: { clock: Clock; store: OneTimeCodesStore }): UseToken {
  return async (tx, { id }) => {
    if (!(await store.use(tx, id, clock.now()))) throw invalidOneTimeToken();
  };
}
