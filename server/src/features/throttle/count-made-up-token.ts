import type { Clock, Instant } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Charged } from './charge.ts';
import { type Counter, sourceOf } from './counters.ts';
import { tooManyAttempts } from './errors.ts';
import { paces } from './paces.ts';

/**
 * Counts a token that this server has not made, or cannot tell any more that it has. There is nothing to be guessed in 128 bits: what is
 * slowed down is whoever tries it all the same.
 *
 * @param ip where it came from
 * @throws tooManyAttempts
 */
export type CountMadeUpToken = (ip: string) => Promise<void>;

/** Sources that a node remembers to be blocked; of more the oldest are asked for again. */
const remembered = 10_000;

/** Nothing is ever given back here, so what is blocked stays so for its time: a node that knows it costs the database nothing more. */
export function createCountMadeUpToken(deps: {
  clock: Clock;
  charge: (counters: readonly Counter[]) => Promise<Charged>;
}): CountMadeUpToken {
  const { clock, charge } = deps;
  const blocked = new Map<string, Instant>();

  const remember = (source: string, until: Instant): void => {
    blocked.delete(source);
    blocked.set(source, until);
    const [oldest] = blocked.keys();
    if (blocked.size > remembered && oldest !== undefined) blocked.delete(oldest);
  };

  return async (ip) => {
    const source = sourceOf(ip);
    const now = clock.now();
    const leftMs = (blocked.get(source) ?? 0) - now;
    // A clock that was put back must not make it longer.
    const isBlocked = leftMs > 0 && leftMs <= paces.token.longestWaitSeconds * 1_000;
    if (isBlocked) throw tooManyAttempts({ retryAfterSeconds: Math.ceil(leftMs / 1_000) });
    try {
      await charge([{ kind: 'token', of: [source] }]);
    } catch (error) {
      const isRefused = error instanceof DomainError && error.refusal === tooManyAttempts;
      if (isRefused) remember(source, now + (error.retryAfterSeconds ?? 0) * 1_000);
      throw error;
    }
  };
}
