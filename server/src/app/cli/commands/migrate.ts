import type { Database } from '../../../db/database.ts';
import { migrate, migrationStatus } from '../../../db/migrate.ts';
import { migrationPlan, type PlannedStep } from '../../../db/migration-plan.ts';
import { iso, isoOrNull } from '../../../kernel/clock.ts';
import type { AppConfig } from '../../config.ts';
import { openPorts } from '../../ports.ts';
import { type Command, type Output, tableText } from '../command.ts';

const upToDate = 'The schema is up to date.';

export const migrateCommands: readonly Command[] = [
  {
    words: ['migrate', 'status'],
    usage: '',
    summary: 'show which schema steps this database has',
    needs: 'config',
    run: (_, config) =>
      withDatabase(config, async (db) => {
        const steps = await migrationStatus(db);
        const rows = steps.map(({ id, appliedAt }) => [id, appliedAt === undefined ? 'pending' : iso(appliedAt)]);
        const json = steps.map(({ id, appliedAt }) => ({
          id,
          applied_at: isoOrNull(appliedAt),
        }));
        return { text: tableText(['STEP', 'APPLIED'], rows), json };
      }),
  },
  {
    words: ['migrate', 'plan'],
    usage: '',
    summary: 'show the SQL that migrate would run, and what each statement locks',
    needs: 'config',
    run: (_, config) =>
      withDatabase(config, async (db) => {
        const plan = await migrationPlan(db);
        return { text: plan.length === 0 ? upToDate : plan.map(planText).join('\n\n'), json: plan };
      }),
  },
  {
    words: ['migrate'],
    usage: '',
    summary: 'bring the schema up to date (serve does it too)',
    needs: 'config',
    run: (_, config) =>
      withDatabase(config, async (db, now) => {
        const taken = await migrate(db, now);
        const text = taken.length === 0 ? upToDate : taken.map((id) => `applied ${id}`).join('\n');
        return { text, json: { applied: taken } };
      }),
  },
];

const planText = ({ id, statements }: PlannedStep): string =>
  [`-- ${id}`, ...statements.map(({ sql, locks }) => `${sql};\n--   locks: ${locks}`)].join('\n');

async function withDatabase(config: AppConfig, work: (db: Database, now: number) => Promise<Output>): Promise<Output> {
  const { db, clock } = await openPorts(config.values);
  try {
    return await work(db, clock.now());
  } finally {
    await db.close();
  }
}
