import type { Instant } from '../../kernel/clock.ts';
import type { Database } from '../database.ts';
import { houseMovesStore } from '../house-moves.ts';
import { copyRefused } from '../moved.ts';
import { schemaTables, type TableShape } from '../schema.ts';
import { beginMove, type Move } from './begin-move.ts';
import { copiedTables } from './copied-tables.ts';
import { copyTable } from './copy-table.ts';
import { digestTable, type TableDigest } from './digest-table.ts';
import { readLastId, writeLastId } from './last-id.ts';

export interface CopyOptions {
  readonly source: Database;
  readonly target: Database;
  /** Names the move when it is a new one: 32 hexadecimal digits. */
  readonly id: string;
  readonly now: Instant;
  readonly onProgress?: (progress: CopyProgress) => void;
}

export interface CopyProgress {
  readonly doing: 'copy' | 'verify';
  readonly table: string;
  /** Copied by this run so far, or verified. */
  readonly rows: number;
}

export interface CopyReport {
  readonly id: string;
  readonly resumed: boolean;
  readonly tables: readonly CopiedTable[];
}

export interface CopiedTable extends TableDigest {
  readonly name: string;
  /** The highest id ever handed out, where ids are generated. */
  readonly lastId: number | undefined;
}

/**
 * Copies everything to another database, of whatever kind: locks the source, copies page by page, lets ids go on behind the highest
 * that was ever used, and compares both sides row by row. Ended at any moment it goes on when it is called again. The source stays
 * locked, so that nothing is written there that nobody would find again; `releaseSource` calls the move off.
 *
 * @throws `copy-refused` when it may not begin, or when the two sides differ
 */
export async function copyDatabase(options: CopyOptions): Promise<CopyReport> {
  const { source, target, now } = options;
  const move = await beginMove(options);
  const tables = copiedTables(schemaTables(source.dialect));
  if (!move.finished) for (const table of tables) await copyOne(options, table);
  const copied: CopiedTable[] = [];
  for (const table of tables) copied.push(await verifyOne(options, table, move));
  await assertStillLocked(source, move);
  if (!move.finished) await target.transact((tx) => houseMovesStore.finish(tx, { id: move.id, at: now }));
  return { id: move.id, resumed: move.resumed, tables: copied };
}

async function copyOne({ source, target, onProgress }: CopyOptions, table: TableShape): Promise<void> {
  let rows = 0;
  await copyTable(source, target, table, (count) => {
    rows += count;
    onProgress?.({ doing: 'copy', table: table.name, rows });
  });
  if (table.generatedId) await writeLastId(target, table.name, await readLastId(source, table.name));
}

async function verifyOne({ source, target, onProgress }: CopyOptions, table: TableShape, move: Move) {
  const { name, generatedId } = table;
  const [here, there] = [await digestTable(source, table), await digestTable(target, table)];
  if (here.rows !== there.rows || here.sha256 !== there.sha256) throw differs(name, here, there, move);
  const lastId = generatedId ? await readLastId(source, name) : undefined;
  if (lastId !== undefined && (await readLastId(target, name)) < lastId) {
    throw copyRefused({ detail: `The ids of ${name} do not go on behind ${lastId} at the new database.` });
  }
  onProgress?.({ doing: 'verify', table: name, rows: here.rows });
  return { name, ...here, lastId };
}

function differs(table: string, here: TableDigest, there: TableDigest, { finished }: Move) {
  const counts = `${here.rows} rows (${here.sha256}) here, ${there.rows} (${there.sha256}) there`;
  const reason = finished ? ' The copy had been completed before; has a server run on it since?' : '';
  return copyRefused({ detail: `The two databases differ in ${table}: ${counts}.${reason}` });
}

/** Whoever released the source while it was copied may have written to it. */
async function assertStillLocked(source: Database, { id }: Move): Promise<void> {
  const moves = await houseMovesStore.list(source);
  if (moves.some((move) => move.side === 'source' && move.id === id)) return;
  throw copyRefused({ detail: 'The old database was released while it was copied: the copy is not to be used.' });
}
