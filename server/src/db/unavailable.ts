import { refusal } from '../kernel/errors.ts';

/** The database cannot take the request now; nothing was changed. */
export const databaseUnavailable = refusal(
  'database-unavailable',
  'unavailable',
  'The database cannot be reached just now; nothing was changed.',
  'Try again after the time in `Retry-After`. If it lasts, the operator finds the reason in the log and in `/readyz`.',
);

/** The database broke off during a commit: the change was made, or not. */
export const outcomeUnknown = refusal(
  'outcome-unknown',
  'unavailable',
  'The database broke off while it was saving; whether the change was made is not known.',
  'Look before you repeat: after a sign-up, try to log in; after a refresh, send the same refresh token again, which is safe within the grace; a deletion or a logout can simply be repeated.',
);
