import type { Database } from '../../db/database.ts';
import { type Clock, iso } from '../../kernel/clock.ts';
import { canonicalJson } from './canonical.ts';
import type { AuditKeys } from './open-keys.ts';
import { type AuditRow, leafOf } from './row.ts';
import { AuditRecordBroken, type SealRecord } from './seal-record.ts';
import type { SealStore, StoredCheckpoint } from './seal-store.ts';
import { keyText } from './signed-note.ts';

export interface ExportOptions {
  /** The size of a checkpoint: only what was sealed behind it is wanted. 0 is everything. */
  readonly after: number;
}

/**
 * The sealed record as lines of JSON, with everything that a check needs: checkpoints, rows, personal data that is not erased. What was
 * recorded before the call is sealed first. Read page by page as the lines are taken.
 */
export type ExportRecord = (options: ExportOptions) => AsyncGenerator<string>;

export const exportFormat = 'keyward-audit-export';

const pageCheckpoints = 20;

export function createExportRecord(deps: {
  db: Database;
  store: SealStore;
  clock: Clock;
  keys: AuditKeys;
  seal: SealRecord;
}): ExportRecord {
  const { db, store, clock, keys, seal } = deps;

  /** A record that was altered must be exported all the same: it is the evidence. */
  const sealIfPossible = async (): Promise<void> => {
    try {
      await seal.all();
    } catch (error) {
      if (!(error instanceof AuditRecordBroken)) throw error;
    }
  };

  async function* batches(after: number): AsyncGenerator<string, number> {
    for (let size = after; ; ) {
      const page = await store.checkpoints(db, { after: size, limit: pageCheckpoints });
      for (const checkpoint of page) {
        const rows = await store.sealedRows(db, { from: size, to: checkpoint.size });
        yield [checkpointLine(checkpoint), ...rows.map(rowLine)].join('');
        size = checkpoint.size;
      }
      if (page.length < pageCheckpoints) return size;
    }
  }

  return async function* lines({ after }) {
    await sealIfPossible();
    yield line({
      type: 'header',
      format: exportFormat,
      version: 1,
      keys: keys.map(({ verifier }) => keyText(verifier)),
      after,
      exported_at: iso(clock.now()),
    });
    const size = yield* batches(after);
    // Personal data that was erased while we read: what says so is recorded by now, and must be in the export.
    await sealIfPossible();
    yield line({ type: 'end', size: yield* batches(size) });
  };
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

const checkpointLine = ({ note, leaves }: StoredCheckpoint): string => line({ type: 'checkpoint', note, leaves });

/** The event in canonical form, so that its leaf is the hash of the very text in the line. */
const rowLine = (row: AuditRow): string =>
  `{"type":"event","event":${canonicalJson(leafOf(row))},"personal":${JSON.stringify(row.personal)}}\n`;
