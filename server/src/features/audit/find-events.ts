import type { Database } from '../../db/database.ts';
import type { Cursors } from '../../kernel/cursors.ts';
import { invalidCursor } from '../../kernel/invalid-cursor.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Filter, Position } from './filter.ts';
import type { AuditStore, FoundEvent } from './store.ts';

export type { FoundEvent };

export interface FindEventsQuery {
  readonly filter: Filter;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** Of the page before. */
  readonly cursor?: string | undefined;
  /** Who asks, with `audit:read`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
}

/** It may hold fewer than were asked for, or none, and yet not be the last. */
export interface EventPage {
  readonly events: readonly FoundEvent[];
  /** Undefined where nothing follows. */
  readonly next: string | undefined;
}

/** One page of the events that a filter lets through. @throws invalidCursor */
export type FindEvents = (query: FindEventsQuery) => Promise<EventPage>;

export function createFindEvents(deps: { db: Database; store: AuditStore; cursors: Cursors }): FindEvents {
  const { db, store, cursors } = deps;
  return async ({ filter, order, limit, cursor, by }) => {
    const boundTo = [filter, order, by?.userId ?? 0, by?.apiKey ?? ''];
    const after = cursor === undefined ? undefined : cursors.open(cursor, boundTo);
    if (cursor !== undefined && after === undefined) throw invalidCursor();
    const page = { filter, order, after: after as Position | undefined, limit: limit + 1 } as const;
    const { events: found, lookedTo } = await store.find(db, page);
    const events = found.slice(0, limit);
    const end = found.length > limit ? events.at(-1) : lookedTo;
    return { events, next: end && cursors.seal({ at: end.at, id: end.id }, boundTo) };
  };
}
