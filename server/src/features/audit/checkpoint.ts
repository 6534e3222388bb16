import type { Instant } from '../../kernel/clock.ts';
import type { AuditKey } from './audit-key.ts';
import { sha256Of } from './canonical.ts';
import { hashBytes } from './merkle.ts';
import { openNote, signNote, type VerifierKey } from './signed-note.ts';

/** What a checkpoint says, under a signature, of the record up to a row. */
export interface Checkpoint {
  /** The name of the record. */
  readonly origin: string;
  /** How many rows are sealed: the last has this number. */
  readonly size: number;
  /** The root of the Merkle tree over all of them. */
  readonly root: Buffer;
  readonly time: Instant;
  /** The number of rows before those that this checkpoint has sealed. */
  readonly from: number;
  /** SHA-256 over the hashes of the leaves that it has sealed. */
  readonly batch: Buffer;
  /** SHA-256 over the whole note of the checkpoint before; zeroes before the first. */
  readonly previous: Buffer;
  /** The HMAC chain at the last row. */
  readonly chain: Buffer;
  /** The highest id of a row that was there before rows were sealed at all. */
  readonly legacy: number;
  /** Rows up to this one may have been removed, for their age. */
  readonly archived: number;
}

/** A checkpoint with its note and who has signed it. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly note: string;
  readonly key: VerifierKey;
}

export const noHash: Buffer = Buffer.alloc(hashBytes);

/** The text of c2sp.org/tlog-checkpoint: three lines, and behind them seven of ours, which it calls extension lines. */
const textOf = (it: Checkpoint): string =>
  [
    it.origin,
    it.size,
    it.root.toString('base64'),
    'keyward-audit 1',
    `time ${it.time}`,
    `batch ${it.from} ${it.batch.toString('base64')}`,
    `previous ${it.previous.toString('base64')}`,
    `chain ${it.chain.toString('base64')}`,
    `legacy ${it.legacy}`,
    `archived ${it.archived}`,
    '',
  ].join('\n');

const number = String.raw`(\d{1,15})`;
const hash = String.raw`([A-Za-z\d+/]{43}=)`;
const textPattern = new RegExp(
  String.raw`^(\S+)\n${number}\n${hash}\nkeyward-audit 1\ntime ${number}\nbatch ${number} ${hash}\nprevious ${hash}\nchain ${hash}\nlegacy ${number}\narchived ${number}\n$`,
);

const bytes = (text = ''): Buffer => Buffer.from(text, 'base64');

export const signCheckpoint = (checkpoint: Checkpoint, { verifier, privateKey }: AuditKey): string =>
  signNote(textOf(checkpoint), verifier, privateKey);

/** @returns `undefined` where none of `keys` has signed it, or it says something else */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): OpenedCheckpoint | undefined {
  const opened = openNote(note, keys);
  const read = opened && readText(opened.text);
  return opened && read && { ...read, note, key: opened.key };
}

/** What a note says, whoever has signed it: nothing to be believed. */
export const readUnsigned = (note: string): Checkpoint | undefined =>
  readText(note.slice(0, note.lastIndexOf('\n\n') + 1));

function readText(text: string): Checkpoint | undefined {
  const found = textPattern.exec(text);
  if (found === null) return undefined;
  const [, origin = '', size, root, time, from, batch, previous, chain, legacy, archived] = found;
  return {
    origin,
    size: Number(size),
    root: bytes(root),
    time: Number(time),
    from: Number(from),
    batch: bytes(batch),
    previous: bytes(previous),
    chain: bytes(chain),
    legacy: Number(legacy),
    archived: Number(archived),
  };
}

/** How the next checkpoint names this one. */
export const noteHash = (note: string): Buffer => sha256Of(note);
