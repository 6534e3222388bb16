import type { Compilable } from 'kysely';
import type { Instant } from '../kernel/clock.ts';
import type { Database, Tx } from './database.ts';
import type { Dialect } from './dialect.ts';
import { migrations } from './migrations/index.ts';
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

/** Every step with the instant at which this database took it. */
export async function migrationStatus(db: Database): Promise<MigrationStatus[]> {
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
 */
export async function migrate(db: Database, now: Instant): Promise<string[]> {
  if ((await migrationStatus(db)).every(({ appliedAt }) => appliedAt !== undefined)) return [];
  return db.exclusively('migrate', async () => {
    const taken: string[] = [];
    for (const { id, appliedAt } of await migrationStatus(db)) {
      if (appliedAt === undefined && (await takeStep(db, id, now))) taken.push(id);
    }
    return taken;
  });
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

async function makeChange(tx: Tx, dialect: Dialect, change: Compilable<unknown>): Promise<void> {
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
