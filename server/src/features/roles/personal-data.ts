import type { Reads, Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { RolesStore } from './store.ts';

/** What a user may do. */
export const createRolesHolding = (store: RolesStore) => ({
  name: 'roles',
  tell: async (db: Reads, user: UserId) => (await store.grantsOf(db, user)).roles,
  forget: (tx: Tx, user: UserId) => store.unassignAll(tx, user),
});
