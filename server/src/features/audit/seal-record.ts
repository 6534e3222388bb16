import { setImmediate } from 'node:timers/promises';
import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { canonicalJson, sha256Of } from './canonical.ts';
import { type Checkpoint, noHash, noteHash, openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { append, emptyFrontier, type Frontier, joinHashes, leafHash, readFrontier, rootOf } from './merkle.ts';
import type { AuditKeys } from './open-keys.ts';
import { type AuditRow, leafOf, macText, type PersonalDatum, type Proof, personalDigest, personOf } from './row.ts';
import type { RowSeal, SealStore } from './seal-store.ts';

/** What one call has sealed. */
export interface Sealed {
  readonly rows: number;
  /** Of them, rows that somebody had changed or written behind the server's back. */
  readonly unproven: number;
  /** Whether there may be more. */
  readonly more: boolean;
}

/**
 * Gives rows that have no number yet the next ones, and seals them with a checkpoint: each batch in one transaction. Of many nodes at
 * once each row is sealed by one.
 */
export interface SealRecord {
  /** So many batches at most that it ends within a second or two. @throws AuditRecordBroken */
  turn(): Promise<Sealed>;
  /** Until everything is sealed that was recorded before the call. @throws AuditRecordBroken */
  all(): Promise<Sealed>;
  /** Seals one batch behind a state that is not looked at again: for who goes on with a record that does not hold. */
  behind(state: SealState): Promise<void>;
}

/** What is sealed does not hold. A good signature on top of it would hide that, so nothing more is sealed. */
export class AuditRecordBroken extends Error {
  override readonly name = 'AuditRecordBroken';

  constructor(what: string) {
    super(
      `${what}: the audit record was altered, and no more of it is sealed. See what is wrong: keyward audit verify`,
    );
  }
}

/** Some two milliseconds of work in one piece, twice: to compute, and to write. */
const batchRows = 64;
/** So that a turn ends within a second or two, also after an upgrade that found a million rows. */
const batchesATurn = 128;

/** What the next checkpoint continues. */
export interface SealState {
  readonly frontier: Frontier;
  readonly chain: Buffer;
  readonly previous: Buffer;
  /** Undefined before the first checkpoint. */
  readonly legacy: number | undefined;
  readonly archived: number;
}

export const noState: SealState = {
  frontier: emptyFrontier,
  chain: noHash,
  previous: noHash,
  legacy: undefined,
  archived: 0,
};

/** The state behind a checkpoint. */
export const stateBehind = ({ chain, legacy, archived }: Checkpoint, note: string, frontier: Frontier): SealState => ({
  frontier,
  chain,
  legacy,
  archived,
  previous: noteHash(note),
});

interface Batch {
  readonly seals: readonly RowSeal[];
  readonly checkpoint: Checkpoint;
  readonly frontier: Frontier;
  readonly leaves: readonly Buffer[];
}

export function createSealRecord(deps: {
  db: Database;
  store: SealStore;
  clock: Clock;
  random: Random;
  keys: AuditKeys;
}): SealRecord {
  const { db, store, clock, random, keys } = deps;
  const [key] = keys;
  const verifiers = keys.map(({ verifier }) => verifier);

  const readState = async (): Promise<SealState> => {
    const head = await store.head(db);
    if (head === undefined || head.size === 0) {
      if ((await store.newestCheckpoint(db)) === undefined) return noState;
      // Another node has sealed the first rows between the two reads, or the head was set back.
      const now = await store.head(db);
      if (now === undefined || now.size === 0) throw new AuditRecordBroken('the head of the record is gone');
      return readState();
    }
    const frontier = readFrontier(head.size, head.frontier);
    const last = head.note === undefined ? undefined : openCheckpoint(head.note, verifiers);
    if (last === undefined) throw new AuditRecordBroken(`the checkpoint of row ${head.size} is gone, or not ours`);
    if (frontier === undefined || last.size !== head.size || !rootOf(frontier).equals(last.root)) {
      throw new AuditRecordBroken(`the head of the record does not fit the checkpoint of row ${last.size}`);
    }
    return stateBehind(last, last.note, frontier);
  };

  const proofOf = (row: AuditRow, legacy: number, repeated: ReadonlySet<string>): Proof => {
    if (row.format === null && row.mac === null) return row.id <= legacy ? 'before' : 'none';
    const isOwn = row.uid !== null && row.clearIp === null && !repeated.has(row.uid);
    return isOwn && keys.some(({ mac }) => mac(macText(row)) === row.mac) ? 'mac' : 'none';
  };

  /** An address that an older release wrote into the row moves to the personal data. */
  const movedIpOf = (row: AuditRow): PersonalDatum | undefined =>
    row.clearIp === null || row.ipDigest !== null || row.personal.ip !== undefined
      ? undefined
      : { person: personOf('ip', row), salt: random.bytes(16).toString('base64url'), value: row.clearIp };

  const prepare = async (state: SealState, rows: readonly AuditRow[]): Promise<Batch> => {
    const legacy = state.legacy ?? (await store.lastLegacyId(db));
    const repeated = await repeatedUids(rows);
    const { size: from } = state.frontier;
    let { frontier, chain } = state;
    const leaves: Buffer[] = [];
    const seals = rows.map((row, place): RowSeal => {
      const movedIp = movedIpOf(row);
      const proof = proofOf(row, legacy, repeated);
      const ipDigest = movedIp === undefined ? row.ipDigest : personalDigest('ip', movedIp);
      const sealed = { ...row, format: row.format ?? 0, ipDigest, proof, seq: from + place + 1 };
      const leaf = leafHash(canonicalJson(leafOf(sealed)));
      leaves.push(leaf);
      frontier = append(frontier, leaf);
      chain = key.chain(chain, leaf);
      const { id, format, seq } = sealed;
      return { id, format, seq, proof, chain: chain.toString('base64url'), ipDigest, movedIp };
    });
    const checkpoint: Checkpoint = {
      origin: key.origin,
      size: frontier.size,
      root: rootOf(frontier),
      time: clock.now(),
      from,
      batch: sha256Of(...leaves),
      previous: state.previous,
      chain,
      legacy,
      archived: state.archived,
    };
    return { seals, checkpoint, frontier, leaves };
  };

  /** A row may come a second time, as a copy with its MAC. The index on `uid` refuses that, unless somebody has dropped it. */
  const repeatedUids = async (rows: readonly AuditRow[]): Promise<Set<string>> => {
    const uids = rows.flatMap(({ uid }) => uid ?? []);
    const repeated = uids.length === 0 ? new Set<string>() : await store.sealedAmong(db, uids);
    return new Set([...repeated, ...uids.filter((uid, place) => uids.indexOf(uid) !== place)]);
  };

  /** False when another node was first, or a row is gone meanwhile: then nothing has changed. */
  const commit = async (batch: Batch): Promise<boolean> => {
    const { seals, checkpoint, frontier, leaves } = batch;
    const { from, size } = checkpoint;
    const write = async (tx: Tx): Promise<boolean> => {
      if (!(await store.advance(tx, { from, size, frontier: joinHashes(frontier.subtrees) }))) throw new Overtaken();
      for (const seal of seals) if (!(await store.seal(tx, seal))) throw new Overtaken();
      await store.addCheckpoint(tx, { size, note: signCheckpoint(checkpoint, key), leaves: joinHashes(leaves) });
      return true;
    };
    return db.transact(write, { patience: 'maintenance' }).catch((error: unknown) => {
      if (error instanceof Overtaken) return false;
      throw error;
    });
  };

  const turn = async (): Promise<Sealed> => {
    let [rows, unproven] = [0, 0];
    for (let batches = 0; batches < batchesATurn; batches += 1) {
      const pending = await store.pending(db, { after: 0, limit: batchRows });
      if (pending.length === 0) return { rows, unproven, more: false };
      const batch = await prepare(await readState(), pending);
      // Requests first.
      await setImmediate();
      if (!(await commit(batch))) continue;
      rows += pending.length;
      unproven += batch.seals.filter(({ proof }) => proof === 'none').length;
      if (pending.length < batchRows) return { rows, unproven, more: false };
    }
    return { rows, unproven, more: true };
  };

  let underWay: Promise<Sealed> | undefined;
  const once = (): Promise<Sealed> => {
    underWay ??= turn().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    turn: once,
    async behind(state) {
      const pending = await store.pending(db, { after: 0, limit: batchRows });
      await commit(await prepare(state, pending));
    },
    async all() {
      // One that is under way may have looked before the last row came.
      await underWay;
      let [rows, unproven] = [0, 0];
      for (let sealed: Sealed; ; ) {
        sealed = await once();
        rows += sealed.rows;
        unproven += sealed.unproven;
        if (sealed.rows === 0 && !sealed.more) return { rows, unproven, more: false };
      }
    },
  };
}

class Overtaken extends Error {}
