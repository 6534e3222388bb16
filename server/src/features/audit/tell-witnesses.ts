import type { Database } from '../../db/database.ts';
import { type Clock, type Instant, iso } from '../../kernel/clock.ts';
import type { Witness } from '../../kernel/witness.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { AuditKeys } from './open-keys.ts';
import type { SealStore } from './seal-store.ts';

/**
 * Tells each witness the newest checkpoint, unless it was told already: one covers all that were before it, so none is missed for good
 * when a node dies or a witness is away. A witness that fails is asked again after a while, and holds up neither the others nor the
 * sealer.
 */
export interface TellWitnesses {
  /** Begins; does not wait for answers. Rejects only where the database cannot be read. */
  begin(): Promise<void>;
  /** Tells all of them and waits. @returns why which of them failed */
  all(): Promise<readonly WitnessFailure[]>;
}

export interface WitnessFailure {
  readonly witness: string;
  readonly reason: string;
}

/** Between two attempts, doubling with each failure. */
const firstPauseMs = 1_000;
const longestPauseMs = 300_000;
/** How often the same complaint is worth a line in the log. */
const quietMs = 600_000;

interface State {
  told: string | undefined;
  telling: Promise<void> | undefined;
  failures: number;
  notBefore: Instant;
  complainedAt: Instant | undefined;
}

/** @param warn is told of a witness that fails, at most every ten minutes */
export function createTellWitnesses(deps: {
  db: Database;
  store: SealStore;
  clock: Clock;
  keys: AuditKeys;
  witnesses: readonly Witness[];
  warn: (text: string) => void;
}): TellWitnesses {
  const { db, store, clock, keys, witnesses, warn } = deps;
  const fresh = (): State => ({
    told: undefined,
    telling: undefined,
    failures: 0,
    notBefore: 0,
    complainedAt: undefined,
  });
  const states = witnesses.map((witness) => ({ witness, state: fresh() }));
  const verifiers = keys.map(({ verifier }) => verifier);

  const newest = async () => {
    const checkpoint = await store.newestCheckpoint(db);
    // What is not ours is no evidence of anything; the sealer says so.
    const opened = checkpoint && openCheckpoint(checkpoint.note, verifiers);
    if (opened === undefined) return undefined;
    const { size, note } = opened;
    const time = iso(opened.time);
    return { size, note, line: JSON.stringify({ size, time, checkpoint: note }) };
  };

  const complain = (state: State, { witness, reason }: WitnessFailure): void => {
    const now = clock.now();
    if (state.complainedAt !== undefined && now - state.complainedAt < quietMs) return;
    state.complainedAt = now;
    warn(`the witness ${witness} of the audit record was not told: ${reason}`);
  };

  const tell = async (witness: Witness, state: State, told: { size: number; note: string; line: string }) => {
    try {
      await witness.tell(told);
      Object.assign(state, { told: told.note, failures: 0, notBefore: 0 });
      return undefined;
    } catch (error) {
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** state.failures);
      Object.assign(state, { failures: state.failures + 1, notBefore: clock.now() + pauseMs });
      return { witness: witness.name, reason: error instanceof Error ? error.message : String(error) };
    }
  };

  return {
    async begin() {
      const told = witnesses.length === 0 ? undefined : await newest();
      if (told === undefined) return;
      for (const { witness, state } of states) {
        if (state.telling !== undefined || state.told === told.note || clock.now() < state.notBefore) continue;
        state.telling = tell(witness, state, told).then((failure) => {
          state.telling = undefined;
          if (failure !== undefined) complain(state, failure);
        });
      }
    },
    async all() {
      const told = witnesses.length === 0 ? undefined : await newest();
      if (told === undefined) return [];
      await Promise.all(states.map(({ state }) => state.telling));
      const failures = await Promise.all(states.map(({ witness, state }) => tell(witness, state, told)));
      return failures.filter((failure) => failure !== undefined);
    },
  };
}
