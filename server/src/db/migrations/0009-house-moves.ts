import { table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * One row a move to another database. At its source (`side`) the row is the lock; at its target the mark of an unfinished copy, until
 * `finished_at`. It stays with its database: moves are not copied.
 */
export const houseMoves: Migration = {
  id: '0009-house-moves',
  statements: (dialect) => [
    table(dialect, 'house_moves')
      .text('id', 32)
      .text('side', 16)
      .integer('began_at')
      .integer('finished_at', { nullable: true })
      .primaryKey('id').statement,
  ],
};
