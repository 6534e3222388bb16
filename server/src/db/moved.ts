import { refusal } from '../kernel/errors.ts';

/** The database is locked because its data moves to another one, or has moved. Nothing was changed. */
export const databaseMoved = refusal(
  'database-moved',
  'unavailable',
  'The data of this server is moving to another database; nothing was changed.',
  'Try again after the time in `Retry-After`: the server will soon run on its new database. The operator starts it there with the new `DATABASE_URL`, or calls the move off with `keyward db release`.',
);

/** A database cannot be copied, or not to there. For the operator alone. */
export const copyRefused = refusal(
  'copy-refused',
  'conflict',
  'This database cannot be copied.',
  'Read the reason; nothing at the old database was changed but its lock, which `keyward db release` removes.',
);
