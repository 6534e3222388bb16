import type { TableShape } from '../schema.ts';

/** The tables that move: all but that of the moves, which tells of this database and not of the next. */
export const copiedTables = (tables: readonly TableShape[]): TableShape[] =>
  tables.filter(({ name }) => name !== 'house_moves');
