import { exportFormat } from './export-record.ts';
import { type Personal, type PersonalDatum, personalParts } from './row.ts';
import { readKeyText, type VerifierKey } from './signed-note.ts';
import { type Check, createCheck, type Verification } from './verification.ts';
import type { SealedRow } from './verify-batch.ts';

export interface VerifyExportOptions {
  readonly lines: Iterable<string> | AsyncIterable<string>;
  /** Who may have signed. Without any, the keys that the export names itself are taken, which proves nothing of who has made it. */
  readonly trusted: readonly VerifierKey[];
  /** Where the export may begin: behind the row with this number. 0 unless said, so that nobody cuts off its head unseen. */
  readonly after?: number;
  readonly witness?: Iterable<string> | AsyncIterable<string>;
}

/** The text is no export, or one that is cut off. */
export class NoExport extends Error {
  override readonly name = 'NoExport';
}

type Line = Readonly<Record<string, unknown>>;

interface Reading {
  check: Check;
  from: number;
  batch: { note: string; leaves: string; rows: SealedRow[] } | undefined;
  ended: boolean;
}

/**
 * Checks an export with the public key alone; needs no database and no settings. Exports that continue one another may stand in one file.
 *
 * @throws NoExport
 */
export async function verifyExport({
  lines,
  trusted,
  after = 0,
  witness = [],
}: VerifyExportOptions): Promise<Verification> {
  let reading: Reading | undefined;
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    const line = parse(text, number);
    if (reading === undefined) {
      reading = await begin(line, trusted, witness);
      const { from, check } = reading;
      if (from > after) {
        const detail = `the export begins behind row ${from}`;
        check.findings.add({ kind: 'missing', seq: after + 1, detail });
      }
    } else take(reading, line, number);
  }
  if (reading === undefined) throw new NoExport('the file is empty');
  close(reading);
  if (!reading.ended) {
    const { size } = reading.check.batches.progress;
    reading.check.findings.add({ kind: 'cut-off', seq: size + 1, detail: 'the export has no end: it was cut off' });
  }
  return reading.check.end({ pending: 0, from: reading.from });
}

function parse(text: string, number: number): Line {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Line;
  } catch {
    // Told below.
  }
  throw new NoExport(`line ${number} is no JSON object`);
}

async function begin(header: Line, trusted: readonly VerifierKey[], witness: AsyncIterable<string> | Iterable<string>) {
  if (header.type !== 'header' || header.format !== exportFormat || header.version !== 1) {
    throw new NoExport('the first line is not the header of an audit export of version 1');
  }
  const named = (Array.isArray(header.keys) ? header.keys : []).flatMap((key) => readKeyText(String(key)) ?? []);
  const check = createCheck(trusted.length > 0 ? trusted : named, []);
  for await (const line of witness) check.witness.line(line);
  const from = sizeIn(header.after);
  check.batches.begin(from);
  return { check, from, batch: undefined, ended: false };
}

function take(reading: Reading, line: Line, number: number): void {
  if (line.type === 'event' && reading.batch !== undefined) reading.batch.rows.push(rowIn(line));
  else if (line.type === 'checkpoint') {
    close(reading);
    reading.batch = { note: String(line.note), leaves: String(line.leaves), rows: [] };
  } else if (line.type === 'end') {
    close(reading);
    reading.ended = line.size === reading.check.batches.progress.size;
  } else if (line.type === 'header' && sizeIn(line.after) === reading.check.batches.progress.size) {
    reading.ended = false;
  } else throw new NoExport(`line ${number} is not what may follow there`);
}

function close(reading: Reading): void {
  const { check, batch } = reading;
  if (batch === undefined) return;
  reading.batch = undefined;
  const opened = check.batches.batch(batch);
  if (opened !== undefined) check.witness.checkpoint(opened);
}

const sizeIn = (value: unknown): number =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;

function rowIn({ event, personal }: Line): SealedRow {
  const members = typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
  return { event: members, personal: personalIn(personal) };
}

function personalIn(value: unknown): Personal {
  const parts = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const known = personalParts.flatMap((part) => (part in parts ? [[part, datumIn(parts[part])] as const] : []));
  return Object.fromEntries(known);
}

function datumIn(value: unknown): PersonalDatum {
  const { person, salt, value: text } = (typeof value === 'object' && value !== null ? value : {}) as Line;
  return { person: typeof person === 'number' ? person : null, salt: String(salt), value: String(text) };
}
