import type { Attention } from './attention.ts';
import type { SealRecord } from './seal-record.ts';
import type { TellWitnesses } from './tell-witnesses.ts';

/** @throws AuditRecordBroken, RowsUnproven */
export type Upkeep = () => Promise<void>;

/** Rows had been changed or inserted by the time they were sealed. */
class RowsUnproven extends Error {
  override readonly name = 'RowsUnproven';

  constructor(rows: number) {
    super(
      `${rows} rows of the audit record were changed or inserted behind the server's back. Which: keyward audit verify`,
    );
  }
}

/** @param toSeal whether there may be something to seal @param toTell whether there may be something to tell */
export function createUpkeep(deps: {
  seal: SealRecord;
  witnesses: TellWitnesses;
  toSeal: Attention;
  toTell: Attention;
}): Upkeep {
  const { seal, witnesses, toSeal, toTell } = deps;

  const sealNow = async (): Promise<void> => {
    const { rows, unproven, more } = await seal.turn();
    if (rows > 0) toTell.call();
    if (more) toSeal.call();
    if (unproven > 0) throw new RowsUnproven(unproven);
  };

  return async () => {
    const [sealDue, tellDue] = [toSeal.isDue(), toTell.isDue()];
    try {
      if (sealDue) await sealNow();
    } finally {
      // Also when no more is sealed: what is sealed already must reach them.
      if (tellDue || sealDue) await witnesses.begin();
    }
  };
}
