import type { Migration } from '../migration.ts';
import { users } from './0001-users.ts';
import { passwords } from './0002-passwords.ts';
import { signingKeys } from './0003-signing-keys.ts';
import { roles } from './0004-roles.ts';
import { sessions } from './0005-sessions.ts';
import { audit } from './0006-audit.ts';
import { setupTokens } from './0007-setup-tokens.ts';
import { throttle } from './0008-throttle.ts';
import { houseMoves } from './0009-house-moves.ts';
import { keyRotation } from './0010-key-rotation.ts';
import { sessionStatus } from './0011-session-status.ts';
import { unheardAttempts } from './0012-unheard-attempts.ts';
import { roleChanges } from './0013-role-changes.ts';
import { userAdministration } from './0014-user-administration.ts';
import { apiKeys } from './0015-api-keys.ts';
import { auditSeal } from './0016-audit-seal.ts';
import { mail } from './0018-mail.ts';
import { oneTimeTokens } from './0019-one-time-tokens.ts';
import { verifiedAddresses } from './0020-verified-addresses.ts';
import { waitingAccounts } from './0021-waiting-accounts.ts';
import { throttleIndex } from './0022-throttle-index.ts';
import { partialIndexes } from './0023-partial-indexes.ts';

/** Every step, in order. New steps are added at the end; a released one is never changed. */
export const migrations: readonly Migration[] = [
  users,
  passwords,
  signingKeys,
  roles,
  sessions,
  audit,
  setupTokens,
  throttle,
  houseMoves,
  keyRotation,
  sessionStatus,
  unheardAttempts,
  roleChanges,
  userAdministration,
  apiKeys,
  auditSeal,
  mail,
  oneTimeTokens,
  verifiedAddresses,
  waitingAccounts,
  throttleIndex,
  partialIndexes,
];
