import type { Compilable } from 'kysely';
import type { Instant } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Database, Tx } from './database.ts';
import type { Dialect } from './dialect.ts';
import { assertServable } from './house-moves.ts';
import { houseMoves } from './migrations/0009-house-moves.ts';
import { migrations } from './migrations/index.ts';
import { rawQuery } from './raw-query.ts';
import { statements } from './statement.ts';

export interface MigrationStatus {
  readonly id: string;
  readonly appliedAt: Instant | undefined;
}

interface MigrationTables {
  schema_migrations: { id: string; applied_at: number };
}

const { statement } = statements<MigrationTables>();

const history = statement((db, _: object) => db.selectFrom('schema_migrations').selectAll());

const record = statement((db, p: { id: string; at: Instant }) =>
  db.insertInto('schema_migrations').values({ id: p.id, applied_at: p.at }),
);

/** The database is somebody else's: its table `users` has not our columns. */
export class ForeignSchema extends Error {
  override readonly name = 'ForeignSchema';

  constructor() {
    super(
      'DATABASE_URL names a database that another application uses: it has a table "users" that is not ours.\n' +
        '  Give Keyward a database of its own; nothing in this one was changed.',
    );
  }
}

/** Every step with the instant at which this database took it. @throws ForeignSchema before anything is written */
export async function migrationStatus(db: Database): Promise<MigrationStatus[]> {
  if (await isForeign(db)) throw new ForeignSchema();
  const applied = await db.transact(async (tx) => {
    await createHistory(tx, db.dialect);
    return appliedSteps(tx);
  });
  return migrations.map(({ id }) => ({ id, appliedAt: applied.get(id) }));
}

/**
 * Brings the schema up to date: each missing step in a transaction of its own together with its record, so that a crash leaves a
 * step done or not begun, and of many nodes that start at once one takes it. Steps that a newer release has added are left alone.
 *
 * @returns the steps taken
 * @throws `database-moved`, `copy-refused` when nobody may serve from this database
 */
export async function migrate(db: Database, now: Instant): Promise<string[]> {
  // Under the lock from the first look on: PostgreSQL's `create table if not exists` fails where two run it at once.
  return db.exclusively('migrate', async () => {
    const taken: string[] = [];
    const status = await migrationStatus(db);
    if (hasStep(status, houseMoves.id)) await assertServable(db);
    for (const { id, appliedAt } of status) {
      if (appliedAt === undefined && (await takeStep(db, id, now))) taken.push(id);
    }
    return taken;
  });
}

export const hasStep = (status: readonly MigrationStatus[], id: string): boolean =>
  status.some((step) => step.id === id && step.appliedAt !== undefined);

/** Steps that a newer release has taken here, and this one knows nothing of. The history must be there. */
export async function unknownSteps(db: Database): Promise<string[]> {
  const known = new Set(migrations.map(({ id }) => id));
  return (await db.all(history, {})).map(({ id }) => id).filter((id) => !known.has(id));
}

function takeStep(db: Database, id: string, at: Instant): Promise<boolean> {
  const step = migrations.find((migration) => migration.id === id);
  return db.transact(
    async (tx) => {
      if (step === undefined || (await appliedSteps(tx)).has(id)) return false;
      for (const change of step.statements(db.dialect)) await makeChange(tx, db.dialect, change);
      await tx.execute(record, { id, at });
      return true;
    },
    { patience: 'maintenance' },
  );
}

/** Has a table `users`, but not with the column that only ours has. */
async function isForeign(db: Database): Promise<boolean> {
  const has = async (columns: string): Promise<boolean> => {
    try {
      await db.query(rawQuery(db.dialect, `select ${columns} from users where 1 = 0`));
      return true;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      return false;
    }
  };
  return !(await has('username_key')) && (await has('1'));
}

/** Changes the schema; does nothing where a run that was cut short has done it before. */
export async function makeChange(tx: Tx, dialect: Dialect, change: Compilable<unknown>): Promise<void> {
  try {
    await tx.query(change);
  } catch (error) {
    if (!dialect.alreadyThere(error)) throw error;
  }
}

async function createHistory(tx: Tx, dialect: Dialect): Promise<void> {
  const { text, integer } = dialect.types;
  await tx.query(
    dialect.builder.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('id', text(64) as never, (column) => column.primaryKey())
      .addColumn('applied_at', integer as never, (column) => column.notNull()),
  );
}

async function appliedSteps(tx: Tx): Promise<Map<string, Instant>> {
  const rows = await tx.all(history, {});
  return new Map(rows.map((row) => [row.id, row.applied_at]));
}
