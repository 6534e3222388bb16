/**
 * What is wrong with a piece of the record:
 * - `altered`: it is not what was sealed
 * - `missing`: it is not there; `cut-off`: nor is anything behind it
 * - `inserted`: nothing was sealed there
 * - `out-of-order`: it was sealed in another place
 * - `unproven`: it had been changed or inserted when it was sealed, a second or two after it was written
 * - `erased`: its personal data is gone, and the record does not say that the person was purged
 * - `checkpoint`: a checkpoint is not the signed one
 * - `witness`: the record is not the one that a witness has seen
 */
export type FindingKind =
  | 'altered'
  | 'missing'
  | 'cut-off'
  | 'inserted'
  | 'out-of-order'
  | 'unproven'
  | 'erased'
  | 'checkpoint'
  | 'witness';

export interface Finding {
  readonly kind: FindingKind;
  /** The number of the row; of a checkpoint that of its last row. Undefined for a row that has none. */
  readonly seq: number | undefined;
  /** The id of the row, where there is one. */
  readonly id: number | undefined;
  readonly detail: string;
}

/** What is told; beyond that they are counted. */
const mostFindings = 100;

/** Gathers findings, of which there may be as many as rows. */
export interface Findings {
  add(finding: { kind: FindingKind; seq?: number | undefined; id?: number | undefined; detail: string }): void;
  readonly count: number;
  /** In the order of their numbers; those of rows without a number last. */
  list(): Finding[];
}

export function createFindings(): Findings {
  const found: Finding[] = [];
  let count = 0;
  return {
    add({ kind, seq, id, detail }) {
      count += 1;
      if (found.length < mostFindings) found.push({ kind, seq, id, detail });
    },
    get count() {
      return count;
    },
    list: () => found.toSorted((a, b) => (a.seq ?? Number.POSITIVE_INFINITY) - (b.seq ?? Number.POSITIVE_INFINITY)),
  };
}
