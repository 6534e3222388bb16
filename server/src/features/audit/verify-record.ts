import type { Database } from '../../db/database.ts';
import type { AuditKey } from './audit-key.ts';
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import { readFrontier, rootOf } from './merkle.ts';
import type { AuditKeys } from './open-keys.ts';
import { type AuditRow, leafOf, macText } from './row.ts';
import type { Head, SealStore } from './seal-store.ts';
import type { VerifierKey } from './signed-note.ts';
import { type Check, createCheck, type Verification } from './verification.ts';
import type { SealedRow } from './verify-batch.ts';

export interface VerifyRecordOptions {
  /** Public keys that are trusted besides those in the database: of a key that is lost. */
  readonly trusted?: readonly VerifierKey[];
  /** What witnesses have kept, line by line. */
  readonly witness?: Iterable<string> | AsyncIterable<string>;
}

/**
 * Checks the record as it stands in the database: every row against what was sealed, every checkpoint against its signature, the MACs of
 * rows that are not sealed yet, and all of it against what witnesses have seen. Reads everything, page by page.
 */
export type VerifyRecord = (options?: VerifyRecordOptions) => Promise<Verification>;

const pageRows = 500;
const pageCheckpoints = 50;

export function createVerifyRecord(deps: { db: Database; store: SealStore; keys: AuditKeys }): VerifyRecord {
  const { db, store, keys } = deps;
  const verifiers = keys.map(({ verifier }) => verifier);

  const checkSealed = async (check: Check): Promise<void> => {
    for (let after = check.batches.progress.size; ; ) {
      const page = await store.checkpoints(db, { after, limit: pageCheckpoints });
      for (const checkpoint of page) {
        const from = check.batches.progress.size;
        const rows = from < checkpoint.size ? await store.sealedRows(db, { from, to: checkpoint.size }) : [];
        const opened = check.batches.batch({ ...checkpoint, rows: rows.map(sealedRow) });
        if (opened !== undefined) check.witness.checkpoint(opened);
      }
      after = page.at(-1)?.size ?? after;
      if (page.length < pageCheckpoints) return;
    }
  };

  /** Rows with numbers that no checkpoint has: somebody gave them, or took the checkpoints. */
  const checkEnds = async ({ findings }: Check): Promise<void> => {
    for (const { seq, id } of await store.strays(db)) {
      findings.add({ kind: 'inserted', seq, id, detail: 'no checkpoint has sealed it, or that checkpoint is gone' });
    }
    const head = await store.head(db);
    if (head === undefined) {
      if ((await store.newestCheckpoint(db)) !== undefined) findings.add({ kind: 'checkpoint', detail: headIsGone });
      return;
    }
    const { size, newest, note } = head;
    if (size > newest) {
      findings.add({ kind: 'cut-off', seq: newest + 1, detail: `the record had ${size} rows, and now ends here` });
    } else if (size < newest) {
      findings.add({ kind: 'checkpoint', seq: newest, detail: 'the head of the record was set back' });
    } else if (note !== undefined && !isEdgeOf(head, openCheckpoint(note, verifiers))) {
      findings.add({ kind: 'checkpoint', seq: size, detail: 'the edge of the tree was changed' });
    }
  };

  /** What vouches for a row that is not sealed yet is its MAC. */
  const checkPending = async (check: Check): Promise<number> => {
    const { last } = check.batches.progress;
    let count = 0;
    for (let after = 0; ; ) {
      const page = await store.pending(db, { after, limit: pageRows });
      for (const row of page) {
        const proven = keys.some(({ mac }) => mac(macText(row)) === row.mac) && row.clearIp === null;
        const legacy = row.format === null && row.mac === null && row.id <= (last?.legacy ?? row.id);
        if (!proven && !legacy) {
          const detail = 'it was changed or inserted, and is not sealed yet';
          check.findings.add({ kind: 'unproven', id: row.id, detail });
        }
        const digests = { ip: row.ipDigest, note: row.noteDigest };
        check.personal.row({ ...row, seq: undefined, digests, good: proven });
      }
      count += page.length;
      after = page.at(-1)?.id ?? after;
      if (page.length < pageRows) return count;
    }
  };

  const sealedRow = (row: AuditRow): SealedRow => ({
    event: leafOf(row),
    personal: row.personal,
    chain: row.chain,
    fault: (secrets) => faultOf(row, secrets),
  });

  return async ({ trusted = [], witness = [] } = {}) => {
    const check = createCheck([...verifiers, ...trusted], keys);
    for await (const line of witness) check.witness.line(line);
    await checkSealed(check);
    const pending = await checkPending(check);
    // Once more: an erasure that was recorded meanwhile, and is sealed by now, must be seen.
    await checkSealed(check);
    await checkEnds(check);
    return check.end({ pending, from: 0 });
  };
}

const headIsGone = 'the head of the record is gone';

const isEdgeOf = ({ size, frontier }: Head, opened: OpenedCheckpoint | undefined): boolean => {
  const edge = readFrontier(size, frontier);
  return opened === undefined || (edge !== undefined && rootOf(edge).equals(opened.root));
};

function faultOf(row: AuditRow, secrets: readonly AuditKey[]): string | undefined {
  if (row.clearIp !== null) return 'somebody has written an address into it';
  if (row.proof !== 'mac' || secrets.length === 0) return undefined;
  return secrets.some(({ mac }) => mac(macText(row)) === row.mac) ? undefined : 'its MAC is not that of what it says';
}
