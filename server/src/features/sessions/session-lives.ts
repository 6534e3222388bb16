import type { Clock } from '../../kernel/clock.ts';
import type { Credentials } from '../roles/index.ts';
import type { SessionsStore } from './store.ts';

/** Tells the roles, which stand below, whether a session lives and its user is active. */
export const createSessionLives =
  ({ clock, store }: { clock: Clock; store: SessionsStore }): Credentials['sessionLives'] =>
  async (db, { sessionId: session, userId: user }) =>
    (await store.authenticate(db, { session, user, now: clock.now(), permission: undefined })) !== undefined;
