import type { Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { AuditKey } from './audit-key.ts';
import {
  macText,
  type NewRow,
  type PersonalDatum,
  type PersonalPart,
  personalDigest,
  personOf,
  type RowFacts,
} from './row.ts';
import type { AuditEvent, AuditStore } from './store.ts';

/** Records an event in the transaction of the change itself, so that there is never one without the other. */
export type RecordEvent = (tx: Tx, event: AuditEvent) => Promise<void>;

const saltBytes = 16;
const uidBytes = 10;

/** The format of the rows that are written today. */
const format = 1;

/** @param onRecorded is told that there is something to seal, before the transaction ends */
export function createRecordEvent(deps: {
  clock: Clock;
  random: Random;
  store: AuditStore;
  key: AuditKey;
  onRecorded: () => void;
}): RecordEvent {
  const { clock, random, store, key, onRecorded } = deps;

  const datumOf = (part: PersonalPart, event: AuditEvent): PersonalDatum | undefined => {
    const value = wellFormed(event[part]);
    if (value === null) return undefined;
    const person = personOf(part, { actor: event.actor?.userId ?? null, subject: event.subject ?? null });
    return { person, salt: random.bytes(saltBytes).toString('base64url'), value };
  };

  const rowOf = (event: AuditEvent): NewRow => {
    const [ip, note] = [datumOf('ip', event), datumOf('note', event)];
    const at = clock.now();
    const triedName = event.triedName === undefined ? undefined : `name:${key.hide(event.triedName)}`;
    const facts: RowFacts = {
      format,
      uid: uuidV7(at, random.bytes(uidBytes)),
      at,
      event: event.event,
      outcome: event.outcome ?? 'success',
      reason: wellFormed(event.reason),
      actor: event.actor?.userId ?? null,
      subject: event.subject ?? null,
      session: wellFormed(event.session ?? event.actor?.sessionId),
      apiKey: wellFormed(event.actor?.apiKey),
      object: wellFormed(event.object ?? triedName ?? actingSession(event)),
      ipDigest: ip === undefined ? null : personalDigest('ip', ip),
      noteDigest: note === undefined ? null : personalDigest('note', note),
    };
    return { ...facts, mac: key.mac(macText(facts)), personal: { ...(ip && { ip }), ...(note && { note }) } };
  };

  return async (tx, event) => {
    await store.append(tx, rowOf(event));
    onRecorded();
  };
}

/** Where a row's `session` is the one that something was done to: by which it was done. */
function actingSession({ session, actor }: AuditEvent): string | undefined {
  const acting = actor?.sessionId;
  return session === undefined || acting === undefined || acting === session ? undefined : `by:${acting}`;
}

/** Half a surrogate pair would not come back from a database as it was hashed. */
const wellFormed = (text: string | undefined): string | null => text?.toWellFormed() ?? null;

/** RFC 9562 §5.7: what begins with the time stays together in an index. @param random ten bytes */
function uuidV7(at: Instant, random: Buffer): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(at, 0, 6);
  random.copy(bytes, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
