import type { Instant } from '../../kernel/clock.ts';
import type { Database, Reads } from '../database.ts';
import type { Dialect } from '../dialect.ts';
import { type HouseMove, houseMovesStore } from '../house-moves.ts';
import { hasStep, migrate, migrationStatus, unknownSteps } from '../migrate.ts';
import { houseMoves } from '../migrations/0009-house-moves.ts';
import { copyRefused } from '../moved.ts';
import { schemaTables } from '../schema.ts';
import { copiedTables } from './copied-tables.ts';
import { lockSource } from './lock-source.ts';

export interface Move {
  readonly id: string;
  /** An earlier run has begun it. */
  readonly resumed: boolean;
  /** An earlier run has completed it. */
  readonly finished: boolean;
}

/**
 * Makes both sides ready: the schema is the same, the source is locked, the target is empty or has a beginning of this very move.
 * Nothing is locked before all else is known to be right.
 *
 * @throws `copy-refused`
 */
export async function beginMove(options: {
  source: Database;
  target: Database;
  id: string;
  now: Instant;
}): Promise<Move> {
  const { source, target, now } = options;
  const held = (await movesOf(source)).find(({ side }) => side === 'source');
  await prepare(source, now, held !== undefined);
  const known = knownMove(await movesOf(target), held?.id);
  await prepare(target, now, known !== undefined);
  if (known === undefined) await assertEmpty(target, target.dialect);
  const id = await lockSource(source, options.id, now);
  if (known !== undefined) return { id, resumed: true, finished: known.finishedAt !== undefined };
  await claim(target, id, now);
  return { id, resumed: false, finished: false };
}

async function movesOf(db: Database): Promise<HouseMove[]> {
  return hasStep(await migrationStatus(db), houseMoves.id) ? houseMovesStore.list(db) : [];
}

/** What the target knows of the move for which the source is locked. */
function knownMove(moves: readonly HouseMove[], id: string | undefined): HouseMove | undefined {
  const targets = moves.filter(({ side }) => side === 'target');
  const known = targets.find((move) => move.id === id);
  if (known === undefined && targets.some(({ finishedAt }) => finishedAt === undefined)) {
    const detail =
      'The new database holds an unfinished copy, and the source was released since, or is another one. Give an empty database.';
    throw copyRefused({ detail });
  }
  return known;
}

/** @param begun what an earlier run has begun must not change its schema in the middle */
async function prepare(db: Database, now: Instant, begun: boolean): Promise<void> {
  const status = await migrationStatus(db);
  const later = await unknownSteps(db);
  if (later.length > 0) {
    const detail = `A newer release has been here (${later.join(', ')}): copy with that one, or tables would be left behind.`;
    throw copyRefused({ detail });
  }
  if (!begun) await migrate(db, now);
  else if (status.some(({ appliedAt }) => appliedAt === undefined)) {
    throw copyRefused({
      detail: 'An older release began this copy: complete it with that one, or release the source.',
    });
  }
}

/** Marks the target, so that nobody serves from it before all is there; the look and the mark are one transaction. */
function claim(target: Database, id: string, at: Instant): Promise<void> {
  return target.transact(async (tx) => {
    await assertEmpty(tx, target.dialect);
    await houseMovesStore.add(tx, { id, side: 'target', at });
  });
}

async function assertEmpty(reads: Reads, dialect: Dialect): Promise<void> {
  const filled: string[] = [];
  for (const { name, primaryKey } of copiedTables(schemaTables(dialect))) {
    const rows = await reads.query(dialect.builder.selectFrom(name).select(primaryKey).limit(1));
    if (rows.length > 0) filled.push(name);
  }
  if (filled.length === 0) return;
  const detail = `The new database is not empty (${filled.join(', ')}). Give one on which no server has run yet.`;
  throw copyRefused({ detail });
}
