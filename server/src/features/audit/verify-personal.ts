import { nobody } from '../../kernel/ids.ts';
import type { Findings } from './finding.ts';
import { type Personal, type PersonalPart, personalDigest, personalParts, personOf } from './row.ts';
import type { AuditEventName } from './store.ts';

/** What must be known of a row to judge the personal data beside it. */
export interface PersonalRow {
  readonly seq: number | undefined;
  readonly id: number | undefined;
  readonly event: string;
  readonly actor: number | null;
  readonly subject: number | null;
  readonly digests: Readonly<Record<PersonalPart, string | null>>;
  readonly personal: Personal;
  /** Whether the row itself is good, so that it can be believed. */
  readonly good: boolean;
}

/** The event that the record has of each erasure, with the person as its subject. */
const erasureEvent: AuditEventName = 'user.purged';

/**
 * Compares personal data with what its rows keep of it. What is gone must have been erased on the record: an event behind the row says
 * so of this very person.
 */
export interface PersonalCheck {
  row(row: PersonalRow): void;
  /** To be called at the end, when all erasures are known. @returns how many pieces were erased */
  end(): number;
}

interface Gone {
  readonly first: PersonalRow;
  last: number;
  count: number;
}

export function createPersonalCheck(findings: Findings): PersonalCheck {
  const gone = new Map<number, Gone>();
  const erasedAt = new Map<number, number>();

  const missing = (part: PersonalPart, row: PersonalRow): void => {
    const person = personOf(part, row) ?? nobody;
    const known = gone.get(person);
    const place = placeOf(row);
    if (known === undefined) gone.set(person, { first: row, last: place, count: 1 });
    else Object.assign(known, { last: Math.max(known.last, place), count: known.count + 1 });
  };

  const part = (name: PersonalPart, row: PersonalRow): void => {
    const [digest, datum] = [row.digests[name], row.personal[name]];
    if (datum === undefined) {
      if (digest !== null) missing(name, row);
      return;
    }
    if (digest !== null && personalDigest(name, datum) === digest) return;
    const { seq, id } = row;
    const detail = digest === null ? 'somebody has added personal data to it' : 'its personal data was changed';
    findings.add({ kind: digest === null ? 'inserted' : 'altered', seq, id, detail: `${detail} (${name})` });
  };

  return {
    row(row) {
      if (row.event === erasureEvent && row.good && row.subject !== null) {
        erasedAt.set(row.subject, Math.max(placeOf(row), erasedAt.get(row.subject) ?? 0));
      }
      for (const name of personalParts) part(name, row);
    },
    end() {
      let erased = 0;
      for (const [person, { first, last, count }] of gone) {
        if ((erasedAt.get(person) ?? 0) > last) erased += count;
        else {
          const whose = person === nobody ? 'and nobody can have erased it' : `and user ${person} was not purged`;
          findings.add({ kind: 'erased', seq: first.seq, id: first.id, detail: `its personal data is gone, ${whose}` });
        }
      }
      return erased;
    },
  };
}

/** Rows that are not sealed yet come behind all others, in the order of their ids. */
const placeOf = ({ seq, id = 0 }: PersonalRow): number => seq ?? 2 ** 52 + id;
