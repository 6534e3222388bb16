import type { RootOperationNode } from 'kysely';
import type { Database } from './database.ts';
import type { Dialect } from './dialect.ts';
import { migrationStatus } from './migrate.ts';
import { migrations } from './migrations/index.ts';

/** A step that this database lacks: what would be run, and what it would hold up. */
export interface PlannedStep {
  readonly id: string;
  readonly statements: readonly { readonly sql: string; readonly locks: string }[];
}

/** What `migrate` would do, without doing it. */
export async function migrationPlan(db: Database): Promise<PlannedStep[]> {
  const pending = new Set(
    (await migrationStatus(db)).filter((step) => step.appliedAt === undefined).map(({ id }) => id),
  );
  return migrations
    .filter(({ id }) => pending.has(id))
    .map(({ id, statements }) => planOf(id, statements(db.dialect), db));
}

function planOf(id: string, statements: ReturnType<(typeof migrations)[0]['statements']>, db: Database): PlannedStep {
  const compiled = statements.map((statement) => statement.compile());
  const created = new Set(
    compiled.flatMap(({ query }) => (query.kind === 'CreateTableNode' ? (tableOf(query) ?? []) : [])),
  );
  return {
    id,
    statements: compiled.map(({ sql, query }) => ({ sql, locks: locksOf(query, created, db.dialect) })),
  };
}

const unused = 'none: the table is new';

/**
 * What a statement keeps waiting. SQLite has one lock for all (sqlite.org/lockingv3.html); for the servers:
 * postgresql.org/docs "Explicit Locking" and dev.mysql.com "Online DDL Operations".
 */
function locksOf(query: RootOperationNode, created: ReadonlySet<string>, { name }: Dialect): string {
  if (name === 'sqlite') return 'the write lock for the length of the step: writes wait, reads go on';
  const table = tableOf(query);
  if (query.kind === 'CreateTableNode' || (table !== undefined && created.has(table))) return unused;
  const on = table === undefined ? '' : ` on ${table}`;
  if (query.kind === 'CreateIndexNode' || addsIndexes(query)) {
    return name === 'postgres'
      ? `SHARE${on}: writes wait while the index is built, reads go on`
      : `a metadata lock${on} at begin and end: reads and writes go on between`;
  }
  if (['AlterTableNode', 'DropTableNode', 'DropIndexNode'].includes(query.kind)) {
    return name === 'postgres' ? `ACCESS EXCLUSIVE${on}: everything waits` : `a metadata lock${on}: everything waits`;
  }
  return `row locks${on} on what it changes`;
}

/** `indexes` of columns.ts, where it is one statement. */
const addsIndexes = (query: RootOperationNode): boolean =>
  query.kind === 'RawNode' && /^alter table \S+ add index\b/.test(query.sqlFragments.join(''));

/** The name of the table that a schema change is about. */
function tableOf(query: RootOperationNode): string | undefined {
  if (query.kind === 'RawNode') return /^alter table (\S+) /.exec(query.sqlFragments.join(''))?.[1];
  const { table } = query as { table?: { table?: { identifier?: { name?: string } } } };
  return table?.table?.identifier?.name;
}
