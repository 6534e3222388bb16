/**
 * Owns: what is held on a person as a whole: telling them all of it, and erasing it for good. What that is, each feature knows of itself.
 * Tables: none.
 * Specifications: GDPR Art. 15 and 20 (access, portability), Art. 17 (erasure), Art. 5(1)(e) (storage limitation).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Audit } from '../audit/index.ts';
import type { Authority } from '../roles/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { createExportUser, type ExportUser } from './export-user.ts';
import type { Holding } from './holding.ts';
import { createPurgeDue } from './purge-due.ts';
import { createPurgeUser, type PurgeUser } from './purge-user.ts';

export { personalDataSettings } from './config.ts';
export { personalDataRoutes } from './routes.ts';

export interface PersonalData {
  readonly exportUser: ExportUser;
  readonly purge: PurgeUser;
  /** Purges who was deleted long enough ago. To be called now and then. */
  readonly purgeDue: () => Promise<void>;
}

/** @param deps.holdings of every feature that holds something on a person, in the order of the export */
export function createPersonalData(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
  throttle: Throttle;
  holdings: readonly Holding[];
  settings: { readonly deletedUserRetentionSeconds: number };
}): PersonalData {
  const purge = createPurgeUser(deps);
  return {
    exportUser: createExportUser(deps),
    purge,
    purgeDue: createPurgeDue({ ...deps, ...deps.settings, purge }),
  };
}
