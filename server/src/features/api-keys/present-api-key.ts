import type { Reads } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Throttle } from '../throttle/index.ts';
import { isSameKey, readKey } from './key-text.ts';
import type { ApiKeysStore, FoundKey } from './store.ts';

/** Finds the key that a text is, living or dead; `undefined` where nobody has it. One read, and none for what cannot be a key. */
export type FindPresented = (text: string) => Promise<FoundKey | undefined>;

export function createFindPresented(deps: { db: Reads; clock: Clock; store: ApiKeysStore }): FindPresented {
  const { db, clock, store } = deps;
  return async (text) => {
    const presented = readKey(text);
    if (presented === undefined) return undefined;
    const found = await store.find(db, presented.id, clock.now());
    return found !== undefined && isSameKey(found.hash, presented) ? found : undefined;
  };
}

/**
 * The same of a stranger, whose wrong keys are counted. The count comes behind the look-up: a key that is good is never slowed down,
 * whatever else its address sends. What has a typing error is no attempt.
 *
 * @throws tooManyAttempts, attemptsUncounted
 */
export type PresentApiKey = (text: string, ip: string) => Promise<FoundKey | undefined>;

export function createPresentApiKey(deps: { findPresented: FindPresented; throttle: Throttle }): PresentApiKey {
  const { findPresented, throttle } = deps;
  return async (text, ip) => {
    const found = await findPresented(text);
    if (found === undefined && readKey(text) !== undefined) await throttle.countMadeUpToken(ip);
    return found;
  };
}
