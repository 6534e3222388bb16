import type { AuditKey } from './audit-key.ts';
import { canonicalJson, sha256Of } from './canonical.ts';
import { noHash, noteHash, type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import type { FindingKind, Findings } from './finding.ts';
import { append, emptyFrontier, type Frontier, leafHash, rootOf, splitHashes } from './merkle.ts';
import type { Personal, PersonalPart } from './row.ts';
import type { VerifierKey } from './signed-note.ts';
import type { PersonalCheck } from './verify-personal.ts';

/** A sealed row as an export has it, or as the database does. */
export interface SealedRow {
  /** What its leaf is the hash of. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly personal: Personal;
  /** Its value of the HMAC chain; undefined outside the database. */
  readonly chain?: string | null;
  /** What else is wrong with it, as only the database can tell. @param secrets of which one has made its MAC, or none to leave that out */
  readonly fault?: (secrets: readonly AuditKey[]) => string | undefined;
}

/** A checkpoint and the rows that it has sealed. */
export interface SealedBatch {
  readonly note: string;
  readonly leaves: string;
  readonly rows: readonly SealedRow[];
  /** The size under which it is kept. */
  readonly size?: number | undefined;
}

/** Where a check of the record stands. */
export interface Progress {
  readonly size: number;
  readonly rows: number;
  readonly checkpoints: number;
  /** The last checkpoint whose signature was good. */
  readonly last: OpenedCheckpoint | undefined;
  /** Whether the roots of the tree could be compared. */
  readonly rooted: boolean;
}

/** Checks one batch behind the other, in constant memory. */
export interface BatchCheck {
  /** @param from the number of the last row before it that the checker has not seen: then roots cannot be compared */
  begin(from: number): void;
  batch(batch: SealedBatch): OpenedCheckpoint | undefined;
  /** To be called at the end, when it is known that nothing follows. */
  end(): void;
  readonly progress: Progress;
}

/**
 * @param trusted the public keys that may have signed
 * @param secrets the keys of the record themselves, which only its operator has: with them the MACs and the chain are checked too
 */
export function createBatchCheck(deps: {
  trusted: readonly VerifierKey[];
  secrets: readonly AuditKey[];
  findings: Findings;
  personal: PersonalCheck;
}): BatchCheck {
  const { trusted, secrets, findings, personal } = deps;
  let [size, rows, checkpoints] = [0, 0, 0];
  let last: OpenedCheckpoint | undefined;
  let previous: Buffer | undefined = noHash;
  let frontier: Frontier | undefined = emptyFrontier;
  let chain: Buffer | undefined = noHash;

  /** Rows that are gone, as long as none has come behind them. */
  let gap: { readonly from: number; to: number } | undefined;

  const wrong = (detail: string, seq: number): void => findings.add({ kind: 'checkpoint', seq, detail });

  const tellGap = (kind: 'missing' | 'cut-off'): void => {
    if (gap === undefined) return;
    const { from, to } = gap;
    const what = from === to ? 'the row is gone' : `the rows ${from} to ${to} are gone`;
    findings.add({ kind, seq: from, detail: kind === 'missing' ? what : `${what}, and there is none behind` });
    gap = undefined;
  };

  const findGaps = ({ from, size: to }: OpenedCheckpoint, there: ByNumber): void => {
    for (let seq = from + 1; seq <= to; seq += 1) {
      if (there.has(seq)) tellGap('missing');
      else if (gap === undefined) gap = { from: seq, to: seq };
      else gap.to = seq;
    }
  };

  /** What a checkpoint says is compared with what stood before it. @returns whether its rows can be judged by it */
  const follows = (opened: OpenedCheckpoint, kept: number): boolean => {
    if (kept !== opened.size) wrong(`it is kept as that of row ${kept}`, Math.min(kept, opened.size));
    else if (opened.from < size) wrong('it does not continue the one before it', kept);
    else if (opened.from > size) {
      const detail = `the rows ${size + 1} to ${opened.from} have no checkpoint`;
      findings.add({ kind: 'missing', seq: size + 1, detail });
      [frontier, chain] = [undefined, undefined];
      return true;
    } else {
      if (previous?.equals(opened.previous) === false) wrong('it names another one before it', kept);
      return true;
    }
    return false;
  };

  /** Without a checkpoint that can be believed, MACs are all that tells a row that was changed; where none holds, their key is lost. */
  const askMacs = (all: readonly SealedRow[]): void => {
    const faults = all.flatMap((row) => {
      const detail = row.fault?.(secrets);
      return detail === undefined ? [] : [{ ...placeOf(row), detail }];
    });
    if (faults.length < all.length) for (const fault of faults) findings.add({ kind: 'altered', ...fault });
  };

  /** The hashes that were sealed, as far as they can be known. */
  const sealedLeaves = (opened: OpenedCheckpoint, batch: SealedBatch): readonly Buffer[] | undefined => {
    const count = opened.size - opened.from;
    const told = splitHashes(batch.leaves);
    if (told?.length === count && sha256Of(...told).equals(opened.batch)) return told;
    wrong('its list of hashes was changed', opened.size);
    // If the rows are whole, their own hashes are those that were sealed.
    const own = batch.rows.map(({ event }) => leafHash(canonicalJson(event)));
    if (own.length === count && sha256Of(...own).equals(opened.batch)) return own;
    return told?.length === count ? told : undefined;
  };

  const grow = (opened: OpenedCheckpoint, leaves: readonly Buffer[] | undefined): void => {
    if (leaves === undefined || !sha256Of(...leaves).equals(opened.batch)) frontier = undefined;
    frontier = frontier && leaves?.reduce(append, frontier);
    if (frontier !== undefined && !rootOf(frontier).equals(opened.root)) {
      wrong('the root of its tree is another one', opened.size);
      frontier = undefined;
    }
  };

  return {
    begin(from) {
      if (from > 0) [size, previous, frontier, chain] = [from, undefined, undefined, undefined];
    },
    batch(batch) {
      checkpoints += 1;
      const opened = openCheckpoint(batch.note, trusted);
      const kept = batch.size ?? opened?.size ?? size + batch.rows.length;
      if (opened === undefined) wrong('none of the keys has signed it', kept);
      if (opened === undefined || !follows(opened, kept)) {
        askMacs(batch.rows);
        [previous, frontier, chain] = [undefined, undefined, undefined];
        size = Math.max(size, kept);
        return undefined;
      }
      const leaves = sealedLeaves(opened, batch);
      grow(opened, leaves);
      // The MACs of a key that is lost cannot be checked; the seal must do.
      const own = secrets.some(({ id }) => id === opened.key.id) ? secrets : [];
      const covered = batch.rows.filter((row) => !((placeOf(row).seq ?? Number.NaN) <= opened.from));
      const checked = checkRows({ opened, leaves, rows: covered, findings, personal, secrets: own });
      findGaps(opened, checked);
      rows += checked.size;
      chain = checkChain({ opened, leaves, rows: checked, findings, secrets, before: chain });
      [size, last, previous] = [opened.size, opened, noteHash(opened.note)];
      return opened;
    },
    end: () => tellGap('cut-off'),
    get progress() {
      return { size, rows, checkpoints, last, rooted: frontier !== undefined };
    },
  };
}

type ByNumber = Map<number, SealedRow>;

/** Compares rows with what was sealed under their numbers. @returns the row under each number, right or not */
function checkRows(options: {
  opened: OpenedCheckpoint;
  leaves: readonly Buffer[] | undefined;
  rows: readonly SealedRow[];
  findings: Findings;
  personal: PersonalCheck;
  secrets: readonly AuditKey[];
}): ByNumber {
  const { opened, leaves, rows, findings, personal, secrets } = options;
  const { from, size } = opened;
  const isRight = ({ event }: SealedRow, seq: number): boolean =>
    leaves === undefined || leaves[seq - from - 1]?.equals(leafHash(canonicalJson(event))) === true;

  const there: ByNumber = new Map();
  for (const [seq = Number.NaN, same] of Map.groupBy(rows, (row) => placeOf(row).seq)) {
    const inside = seq > from && seq <= size;
    const chosen = inside ? (same.find((row) => isRight(row, seq)) ?? same[0]) : undefined;
    for (const row of same) {
      if (row !== chosen) findings.add({ kind: 'inserted', ...placeOf(row), detail: 'nothing was sealed here' });
    }
    if (chosen === undefined) continue;
    there.set(seq, chosen);
    const right = isRight(chosen, seq);
    const fault = right ? faultOf(chosen, secrets) : misplaced(chosen, leaves ?? [], from);
    if (fault !== undefined) findings.add({ ...fault, ...placeOf(chosen) });
    personal.row(personalRowOf(chosen, right && chosen.event.proof === 'mac'));
  }
  checkOrder(rows, findings);
  return there;
}

/** What may be wrong with a row that is as it was sealed. */
function faultOf(
  { event, fault }: SealedRow,
  secrets: readonly AuditKey[],
): { readonly kind: FindingKind; readonly detail: string } | undefined {
  const detail = fault?.(secrets);
  if (detail !== undefined) return { kind: 'altered', detail };
  if (event.proof === 'mac' || event.proof === 'before') return undefined;
  return { kind: 'unproven', detail: 'it was changed or inserted before it was sealed' };
}

function checkOrder(rows: readonly SealedRow[], findings: Findings): void {
  let highest = 0;
  for (const row of rows) {
    const { seq = 0 } = placeOf(row);
    if (seq < highest)
      findings.add({ kind: 'out-of-order', ...placeOf(row), detail: `it stands behind row ${highest}` });
    highest = Math.max(highest, seq);
  }
}

/** Whether a row that is wrong in its place would be right in another one of its batch. */
function misplaced(row: SealedRow, leaves: readonly Buffer[], from: number) {
  const place = leaves.findIndex((leaf, at) =>
    leafHash(canonicalJson({ ...row.event, seq: from + at + 1 })).equals(leaf),
  );
  if (place === -1) return { kind: 'altered', detail: 'it is not what was sealed' } as const;
  return { kind: 'out-of-order', detail: `it was sealed as row ${from + place + 1}` } as const;
}

/** @returns the chain at the end of the batch, if it is still known */
function checkChain(options: {
  opened: OpenedCheckpoint;
  leaves: readonly Buffer[] | undefined;
  rows: ByNumber;
  findings: Findings;
  secrets: readonly AuditKey[];
  before: Buffer | undefined;
}): Buffer | undefined {
  const { opened, leaves, rows, findings, secrets, before } = options;
  const key = secrets.find(({ id }) => id === opened.key.id);
  // What the checkpoint says under its signature serves where the links before it cannot be followed.
  const isSealed = leaves !== undefined && sha256Of(...leaves).equals(opened.batch);
  if (key === undefined || !isSealed || before === undefined) return opened.chain;
  let chain: Buffer = before;
  for (const [place, leaf] of leaves.entries()) {
    chain = key.chain(chain, leaf);
    const seq = opened.from + place + 1;
    const row = rows.get(seq);
    if (row?.chain !== undefined && row.chain !== chain.toString('base64url')) {
      findings.add({ kind: 'altered', seq, id: placeOf(row).id, detail: 'its value of the chain was changed' });
    }
  }
  return opened.chain;
}

const numberIn = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const placeOf = ({ event }: SealedRow) => ({ seq: numberIn(event.seq), id: numberIn(event.id) });

function personalRowOf(row: SealedRow, good: boolean) {
  const { event, personal } = row;
  const digest = (part: PersonalPart) => (event[`${part}_digest`] ?? null) as string | null;
  return {
    ...placeOf(row),
    event: String(event.event),
    actor: numberIn(event.actor) ?? null,
    subject: numberIn(event.subject) ?? null,
    digests: { ip: digest('ip'), note: digest('note') },
    personal,
    good,
  };
}
