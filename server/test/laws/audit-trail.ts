import type { RecordedEvent } from '../../src/features/audit/index.ts';

/** What a request has left in the record. */
export type Left = Omit<RecordedEvent, 'id' | 'at'>;

/**
 * What an event of a request lacks: it came from somewhere; and where somebody signed in has made the request, it says who, and in which
 * session or by which API key.
 */
export function trailBreaches(events: readonly Left[], isSignedIn: boolean): string[] {
  return events.flatMap(({ event, ip, actor, session, apiKey }) => [
    ...(ip === undefined ? [`${event} says not from where`] : []),
    ...(isSignedIn && actor === undefined ? [`${event} says not who`] : []),
    ...(actor !== undefined && session === undefined && apiKey === undefined ? [`${event} names no session`] : []),
  ]);
}
