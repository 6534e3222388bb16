/**
 * Owns: the record of every security event: who, what, whom, when, from where, with which outcome; and what shows that nobody has changed it.
 * Tables: audit_events, audit_personal, audit_checkpoints, audit_head, audit_keys.
 * Specifications: ASVS 5.0 V16 (what to log, and what never), RFC 9162 §2.1 (Merkle trees), RFC 8785 (canonical JSON), RFC 8032 (Ed25519),
 * c2sp.org/signed-note and c2sp.org/tlog-checkpoint.
 */
import type { Database, Reads } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createCursors } from '../../kernel/cursors.ts';
import { deriveKeys } from '../../kernel/derive.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Witness } from '../../kernel/witness.ts';
import { createAttention } from './attention.ts';
import { createExportRecord, type ExportRecord } from './export-record.ts';
import { createFindEvents, type FindEvents } from './find-events.ts';
import { createListCheckpoints, type ListCheckpoints } from './list-checkpoints.ts';
import { openKeys } from './open-keys.ts';
import { createAuditHolding } from './personal-data.ts';
import { createRecordEvent, type RecordEvent } from './record-event.ts';
import { createResumeRecord, type ResumeRecord } from './resume-record.ts';
import { createSealRecord, type SealRecord } from './seal-record.ts';
import { sealStore } from './seal-store.sql.ts';
import { keyText } from './signed-note.ts';
import { auditStore } from './store.sql.ts';
import type { AuditStore } from './store.ts';
import { createTellWitnesses, type TellWitnesses } from './tell-witnesses.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';
import { createVerifyRecord, type VerifyRecord } from './verify-record.ts';

export const auditHolding = createAuditHolding(auditStore);
export { auditSettings } from './config.ts';
export type { Filter } from './filter.ts';
export type { Finding } from './finding.ts';
export { auditRoutes } from './routes.ts';
export { AuditRecordBroken } from './seal-record.ts';
export { readKeyText, type VerifierKey } from './signed-note.ts';
export type { AuditEvent, FoundEvent, RecordedEvent } from './store.ts';
export type { Verification } from './verification.ts';
export { NoExport, verifyExport } from './verify-export.ts';

/** A public key of the record. */
export interface PublicAuditKey {
  readonly id: string;
  readonly origin: string;
  /** For `keyward audit verify --public-key`. */
  readonly text: string;
  readonly createdAt: number;
}

export interface Audit {
  /** Records an event in the transaction of the change itself, so that there is never one without the other. */
  readonly record: RecordEvent;
  readonly find: FindEvents;
  readonly exportAll: ExportRecord;
  readonly verify: VerifyRecord;
  readonly seal: SealRecord;
  readonly resume: ResumeRecord;
  readonly witnesses: TellWitnesses;
  readonly checkpoints: ListCheckpoints;
  /** Newest first. */
  readonly publicKeys: readonly PublicAuditKey[];
  /** Seals what there is, and tells the witnesses. To be called every second. */
  readonly upkeep: Upkeep;
  /** From behind an id, oldest first, a thousand at most. */
  list(db: Reads, after: number): ReturnType<AuditStore['list']>;
}

/**
 * Makes the key of the record where there is none.
 *
 * @param deps.issuer the public URL; the name of the record begins with its host
 * @param deps.warn is told of witnesses that fail
 * @throws WrongSecretKey
 */
export async function createAudit(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  secretKeys: SecretKeys;
  witnesses: readonly Witness[];
  issuer: string;
  warn: (text: string) => void;
}): Promise<Audit> {
  const { db, secretKeys, issuer } = deps;
  const sealingKeys = deriveKeys(secretKeys, 'audit-keys');
  const keys = await openKeys({ ...deps, store: sealStore, sealingKeys, host: new URL(issuer).host });
  const parts = { ...deps, store: sealStore, keys };
  const [toSeal, toTell] = [createAttention(30), createAttention(30)];
  const record = createRecordEvent({ ...deps, store: auditStore, key: keys[0], onRecorded: toSeal.call });
  const seal = createSealRecord(parts);
  const witnesses = createTellWitnesses(parts);
  return {
    record,
    find: createFindEvents({ db, store: auditStore, cursors: createCursors(deps, 'audit') }),
    exportAll: createExportRecord({ ...parts, seal }),
    verify: createVerifyRecord(parts),
    seal,
    resume: createResumeRecord({ ...parts, record, seal }),
    witnesses,
    checkpoints: createListCheckpoints(parts),
    publicKeys: keys.map(({ id, origin, createdAt, verifier }) => ({ id, origin, createdAt, text: keyText(verifier) })),
    upkeep: createUpkeep({ seal, witnesses, toSeal, toTell }),
    list: auditStore.list,
  };
}
