import type { Instant } from '../../kernel/clock.ts';
import { canonicalJson, type Flat, sha256Of } from './canonical.ts';

/** A piece of personal data. It stands in a table of its own, so that it can be erased while its row stays. */
export interface PersonalDatum {
  /** Whom it concerns, if that is known. */
  readonly person: number | null;
  /** 128 random bits: without them nobody can find the value behind its digest by trying all addresses there are. */
  readonly salt: string;
  readonly value: string;
}

/** The address from which somebody acted; what somebody said of the subject. */
export const personalParts = ['ip', 'note'] as const;
export type PersonalPart = (typeof personalParts)[number];
export type Personal = Readonly<Partial<Record<PersonalPart, PersonalDatum>>>;

/** What a row says, and what vouches for it until it is sealed. */
export interface RowFacts {
  /** 1; null for a row of an older release, and 0 once that is sealed. */
  readonly format: number | null;
  readonly uid: string | null;
  readonly at: Instant;
  readonly event: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly actor: number | null;
  readonly subject: number | null;
  readonly session: string | null;
  readonly apiKey: string | null;
  readonly object: string | null;
  readonly ipDigest: string | null;
  readonly noteDigest: string | null;
}

/** A row that is to be appended. */
export interface NewRow extends RowFacts {
  readonly mac: string;
  readonly personal: Personal;
}

/**
 * How far a row could be trusted when it was sealed: `mac`, it was as its writer had made it; `before`, it was there before rows were
 * sealed at all; `none`, it had been changed, or somebody else had written it.
 */
export type Proof = 'mac' | 'before' | 'none';

/** A row of the table. */
export interface AuditRow extends RowFacts {
  readonly id: number;
  /** The address as an older release wrote it; null in every sealed row. */
  readonly clearIp: string | null;
  readonly mac: string | null;
  readonly seq: number | null;
  readonly proof: string | null;
  readonly chain: string | null;
  readonly personal: Personal;
}

/** The names under which a row is hashed and exported. */
const memberOf = (row: RowFacts): Flat => ({
  actor: row.actor,
  api_key: row.apiKey,
  at: row.at,
  event: row.event,
  format: row.format,
  ip_digest: row.ipDigest,
  note_digest: row.noteDigest,
  object: row.object,
  outcome: row.outcome,
  reason: row.reason,
  session: row.session,
  subject: row.subject,
  uid: row.uid,
});

/** What the MAC of a row is over: all but what only the database and the sealer add. */
export const macText = (row: RowFacts): string => canonicalJson(memberOf(row));

/** What a sealed row is in an export, and what its leaf is the hash of, in canonical form. */
export const leafOf = (row: Omit<AuditRow, 'clearIp' | 'chain' | 'personal'>): Flat => ({
  ...memberOf(row),
  id: row.id,
  mac: row.mac,
  proof: row.proof,
  seq: row.seq,
});

/** Whom a piece of personal data concerns: an address who acts, or else the subject; words the subject. */
export function personOf(part: PersonalPart, { actor, subject }: Pick<RowFacts, 'actor' | 'subject'>): number | null {
  return part === 'ip' ? (actor ?? subject) : subject;
}

/** What a row keeps of a piece of personal data: it tells nothing, and fits no other. */
export function personalDigest(part: PersonalPart, { person, salt, value }: PersonalDatum): string {
  return sha256Of(canonicalJson({ part, person, salt, value })).toString('base64url');
}
