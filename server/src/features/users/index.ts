/**
 * Owns: who exists, under which names, since when, deleted or disabled.
 * Tables: users (publishes all columns for reading to the floors above).
 * Specifications: RFC 5321 and 6531 (addresses), RFC 8265 (how names are folded).
 */
export { emailTaken, userNotFound, usernameTaken } from './errors.ts';
export { checkNames, foldEmail, foldUsername } from './policy.ts';
export { userRoutes } from './routes.ts';
export { UserParams, UserReply } from './schemas.ts';
export { type UsersTables as PublishedUsers, usersStore } from './store.sql.ts';
export type { User, UsersStore } from './store.ts';
