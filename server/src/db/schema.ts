import { isDeepStrictEqual } from 'node:util';
import type { AlterTableNode, ColumnDefinitionNode, CreateTableNode, RootOperationNode } from 'kysely';
import type { Dialect } from './dialect.ts';
import { migrations } from './migrations/index.ts';

/** A table as the migrations leave it. */
export interface TableShape {
  readonly name: string;
  /** Without those that the database computes. */
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  /** Whether its `id` is a `generatedId()`. */
  readonly generatedId: boolean;
}

/**
 * Every table of ours, those that others point at first. Read from what the migrations do, so that no list of tables can be forgotten
 * when a step adds one.
 *
 * @throws Error at a change of a table that this does not understand yet
 */
export function schemaTables(dialect: Dialect): readonly TableShape[] {
  const tables = new Map<string, TableShape>();
  for (const { id, statements } of migrations) {
    for (const statement of statements(dialect)) apply(tables, statement.compile().query, dialect, id);
  }
  return [...tables.values()];
}

function apply(tables: Map<string, TableShape>, query: RootOperationNode, dialect: Dialect, step: string): void {
  if (query.kind === 'CreateTableNode') {
    const table = created(query, dialect);
    tables.set(table.name, table);
  } else if (query.kind === 'AlterTableNode') {
    const table = tables.get(query.table.table.identifier.name);
    if (table === undefined) throw new Error(`${step} changes a table that no step has made`);
    tables.set(table.name, { ...table, columns: [...table.columns, ...addedColumns(query, step)] });
  } else if (query.kind === 'DropTableNode') {
    tables.delete(query.table.table.identifier.name);
  } else if (query.kind === 'RawNode' && changesTable.test(query.sqlFragments.join(''))) {
    throw new Error(
      `${step} changes a table by SQL of its own: write it with columns.ts, or teach db/schema.ts to read it`,
    );
  }
}

/** Of a statement in SQL of its own. Indexes do not matter here. */
const changesTable = /\b(?:create|drop|rename)\s+table\b|\balter\s+table\s+(?!\S+\s+add\s+index\b)/i;

function created({ table, columns, constraints = [] }: CreateTableNode, dialect: Dialect): TableShape {
  const generated = dialect.types.generatedId.toOperationNode();
  const generatedId = columns.some(({ dataType }) => isDeepStrictEqual(dataType, generated));
  const key = constraints.find((it) => it.kind === 'PrimaryKeyConstraintNode');
  return {
    name: table.table.identifier.name,
    columns: columns.map(nameOf),
    primaryKey: key?.columns.map(({ column }) => column.name) ?? ['id'],
    generatedId,
  };
}

function addedColumns({ columnAlterations = [], ...others }: AlterTableNode, step: string): string[] {
  if (others.renameTo !== undefined || others.setSchema !== undefined) throw notUnderstood(step);
  return columnAlterations.flatMap((change) => {
    if (change.kind !== 'AddColumnNode') throw notUnderstood(step);
    return change.column.generated === undefined ? [nameOf(change.column)] : [];
  });
}

const nameOf = ({ column }: ColumnDefinitionNode): string => column.column.name;

const notUnderstood = (step: string) => new Error(`${step} changes a table in a way that db/schema.ts cannot read yet`);
