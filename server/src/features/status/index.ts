/**
 * Owns: what verifiers elsewhere learn of sessions that have ended: the status lists and the feed.
 * Tables: none; it reads those of sessions and keys through their doors.
 * Specifications: draft-ietf-oauth-status-list, HTML Standard §9.2 (server-sent events).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Ticker } from '../../kernel/ticker.ts';
import type { GetKeyRing } from '../keys/index.ts';
import type { SessionsStore } from '../sessions/index.ts';
import { createFeed, type Feed } from './feed.ts';
import { createStatusLists, type StatusLists } from './status-lists.ts';

export { statusSettings } from './config.ts';
export { statusRoutes } from './routes.ts';

export interface Status {
  readonly lists: StatusLists;
  readonly feed: Feed;
}

export function createStatus(deps: {
  db: Database;
  clock: Clock;
  ticker: Ticker;
  keys: { readonly ring: GetKeyRing };
  sessions: SessionsStore;
  issuer: string;
  settings: { readonly maxSubscribers: number };
}): Status {
  const parts = { ...deps, store: deps.sessions };
  return {
    lists: createStatusLists(parts),
    feed: createFeed({ ...parts, maxSubscribers: deps.settings.maxSubscribers }),
  };
}
