import { describe } from 'node:test';
import type { Database } from '../../src/db/database.ts';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { setupTokensStoreContract } from '../../src/features/accounts/store.contract.ts';
import { auditStoreContract } from '../../src/features/audit/store.contract.ts';
import { keysStoreContract } from '../../src/features/keys/store.contract.ts';
import { passwordsStoreContract } from '../../src/features/passwords/store.contract.ts';
import { rolesStoreContract } from '../../src/features/roles/store.contract.ts';
import { sessionsStoreContract } from '../../src/features/sessions/store.contract.ts';
import { usersStoreContract } from '../../src/features/users/store.contract.ts';
import type { StoreContract } from '../support/store-contract.ts';

/** Every database that a store must work on: its name, and how to open an empty one. */
const databases: Readonly<Record<string, () => Database | Promise<Database>>> = {
  SQLite: () => openSqlite({ path: ':memory:' }),
};

const contracts: readonly StoreContract[] = [
  usersStoreContract,
  passwordsStoreContract,
  keysStoreContract,
  rolesStoreContract,
  auditStoreContract,
  sessionsStoreContract,
  setupTokensStoreContract,
];

for (const [name, openEmpty] of Object.entries(databases)) {
  describe(`on ${name}`, () => {
    for (const contract of contracts) {
      contract(async () => {
        const db = await openEmpty();
        await migrate(db, 0);
        return db;
      });
    }
  });
}
