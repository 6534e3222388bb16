import type { AuditKey } from './audit-key.ts';
import { createFindings, type Finding, type Findings } from './finding.ts';
import type { VerifierKey } from './signed-note.ts';
import { type BatchCheck, createBatchCheck } from './verify-batch.ts';
import { createPersonalCheck, type PersonalCheck } from './verify-personal.ts';
import { createWitnessCheck, type WitnessCheck } from './verify-witness.ts';

/** What was looked at, and what is wrong. */
export interface Verification {
  readonly ok: boolean;
  /** The name of the record, as its last good checkpoint says it. */
  readonly origin: string | undefined;
  /** The number of the last row that a checkpoint seals, and its root in base64. */
  readonly size: number;
  readonly root: string | undefined;
  readonly sealedAt: number | undefined;
  readonly rows: number;
  readonly checkpoints: number;
  /** Rows that are not sealed yet. */
  readonly pending: number;
  /** Pieces of personal data that were erased, as the record says. */
  readonly erased: number;
  /** Checkpoints that witnesses had kept. */
  readonly witnessed: number;
  /** Lines of witnesses that cannot be read. */
  readonly unreadable: number;
  /** Whether the whole tree was built anew; else the record begins later, or was torn. */
  readonly rooted: boolean;
  /** How many things are wrong; `findings` holds the first hundred. */
  readonly wrong: number;
  readonly findings: readonly Finding[];
}

/** The parts of a check of the record: of the database as of an export. */
export interface Check {
  readonly findings: Findings;
  readonly batches: BatchCheck;
  readonly personal: PersonalCheck;
  readonly witness: WitnessCheck;
  end(options: { pending: number; from: number }): Verification;
}

/** @param secrets empty for who has the public key alone */
export function createCheck(trusted: readonly VerifierKey[], secrets: readonly AuditKey[]): Check {
  const findings = createFindings();
  const personal = createPersonalCheck(findings);
  const batches = createBatchCheck({ trusted, secrets, findings, personal });
  const witness = createWitnessCheck({ trusted, findings });
  return {
    findings,
    batches,
    personal,
    witness,
    end({ pending, from }) {
      batches.end();
      const erased = personal.end();
      const { last, size, rows, checkpoints, rooted } = batches.progress;
      witness.end(size, from);
      return {
        ok: findings.count === 0,
        origin: last?.origin,
        size,
        root: last?.root.toString('base64'),
        sealedAt: last?.time,
        rows,
        checkpoints,
        pending,
        erased,
        witnessed: witness.lines - witness.unreadable,
        unreadable: witness.unreadable,
        rooted,
        wrong: findings.count,
        findings: findings.list(),
      };
    },
  };
}
