import { refusal } from '../kernel/errors.ts';

/** The database cannot take the request now; nothing was changed. */
export const databaseUnavailable = refusal(
  'database-unavailable',
  'unavailable',
  'The database cannot be reached just now; nothing was changed.',
  'Try again after the time in `Retry-After`. If it lasts, the operator finds the reason in the log and in `/readyz`.',
);
