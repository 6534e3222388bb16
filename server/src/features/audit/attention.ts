/**
 * Whether it is time to look at the database: in the turns behind a call, when a transaction may still be about to commit, and every so
 * often for what other nodes have left. So an idle server asks little.
 */
export interface Attention {
  call(): void;
  /** To be asked once a turn. */
  isDue(): boolean;
}

/** A transaction may take a second and a half from its audit event to its commit. */
const turnsAfterCall = 3;

export function createAttention(everyTurns: number): Attention {
  let wanted = turnsAfterCall;
  let turn = 0;
  return {
    call() {
      wanted = turnsAfterCall;
    },
    isDue() {
      turn += 1;
      const due = wanted > 0 || turn % everyTurns === 0;
      wanted = Math.max(0, wanted - 1);
      return due;
    },
  };
}
