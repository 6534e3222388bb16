import { migrate } from '../../src/db/migrate.ts';
import { setupTokensStoreContract } from '../../src/features/accounts/store.contract.ts';
import { apiKeysStoreContract } from '../../src/features/api-keys/store.contract.ts';
import { auditStoreContract } from '../../src/features/audit/store.contract.ts';
import { directoryStoreContract } from '../../src/features/directory/store.contract.ts';
import { pendingSignUpsStoreContract } from '../../src/features/email-flows/store.contract.ts';
import { keysStoreContract } from '../../src/features/keys/store.contract.ts';
import { mailStoreContract } from '../../src/features/mail/store.contract.ts';
import { oneTimeCodesStoreContract } from '../../src/features/one-time-codes/store.contract.ts';
import { passwordsStoreContract } from '../../src/features/passwords/store.contract.ts';
import { rolesStoreContract } from '../../src/features/roles/store.contract.ts';
import { sessionsStoreContract } from '../../src/features/sessions/store.contract.ts';
import { throttleStoreContract } from '../../src/features/throttle/store.contract.ts';
import { usersStoreContract } from '../../src/features/users/store.contract.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import type { StoreContract } from '../support/store-contract.ts';

const contracts: readonly StoreContract[] = [
  usersStoreContract,
  directoryStoreContract,
  passwordsStoreContract,
  keysStoreContract,
  rolesStoreContract,
  auditStoreContract,
  sessionsStoreContract,
  setupTokensStoreContract,
  throttleStoreContract,
  apiKeysStoreContract,
  oneTimeCodesStoreContract,
  pendingSignUpsStoreContract,
  mailStoreContract,
];

/** On SQLite, or on the server that this run is about: `npm test` runs this file once for each. */
for (const contract of contracts) {
  contract(async () => {
    const db = await openTestDatabase();
    await migrate(db, 0);
    return db;
  });
}
