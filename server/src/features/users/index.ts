/**
 * Owns: who exists, under which names, since when, deleted or disabled.
 * Tables: users (publishes all columns for reading to the floors above).
 * Specifications: RFC 5321 and 6531 (addresses), RFC 8265 (how names are folded).
 */
import { createUsersHolding } from './personal-data.ts';
import { usersStore } from './store.sql.ts';

export const usersHolding = createUsersHolding(usersStore);

export { emailTaken, userNotFound, usernameTaken } from './errors.ts';
export {
  checkNames,
  foldEmail,
  foldEmailPrefix,
  foldUsername,
  hasAddress,
  isActive,
  statusOf,
  type UserStatus,
} from './policy.ts';
export { userRoutes } from './routes.ts';
export { EmailText, UsernameText, UserParams, UserReply } from './schemas.ts';
export { isActiveUser, toUser, type UserRow, usersStore } from './store.sql.ts';
export type { DeletedUser, UsersStore } from './store.ts';
export type { UsersTables as PublishedUsers } from './tables.ts';
export type { User } from './user.ts';
