import { iso, isoOrNull } from '../../kernel/clock.ts';
import type { FoundEvent } from './find-events.ts';
import type { ToldCheckpoint } from './list-checkpoints.ts';

/** An event as others are told of it. */
export const eventReply = (event: FoundEvent) => ({
  id: event.id,
  uid: event.uid ?? null,
  seq: event.seq ?? null,
  at: iso(event.at),
  event: event.event,
  outcome: event.outcome ?? ('success' as const),
  reason: event.reason ?? null,
  actor: event.actor ?? null,
  subject: event.subject ?? null,
  session: event.session ?? null,
  api_key: event.apiKey ?? null,
  ip: event.ip ?? null,
  object: event.object ?? null,
  note: event.note ?? null,
});

export const checkpointReply = ({ size, note, time }: ToldCheckpoint) => ({
  size,
  time: isoOrNull(time),
  checkpoint: note,
});
