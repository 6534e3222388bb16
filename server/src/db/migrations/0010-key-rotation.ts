import { addColumn } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** When a key's turn to sign comes, and whether it was revoked. Null for a key that an older release has made. */
export const keyRotation: Migration = {
  id: '0010-key-rotation',
  statements: (dialect) => [
    addColumn(dialect, 'signing_keys').integer('signs_from'),
    addColumn(dialect, 'signing_keys').integer('revoked_at'),
  ],
};
