import type { Reads, Tx } from '../../db/database.ts';

/** A sign-up that waits until its address is proven. It holds no names: whoever is first has them. */
export interface PendingSignUp {
  readonly username: string;
  readonly passwordHash: string;
  /** What they read, as far as it is known. */
  readonly locale: string | undefined;
}

/** Sign-ups that wait, each by the id of the token that was sent. They go with their token. */
export interface PendingSignUpsStore {
  add(tx: Tx, token: number, signUp: PendingSignUp): Promise<void>;
  find(db: Reads, token: number): Promise<PendingSignUp | undefined>;
  remove(tx: Tx, token: number): Promise<void>;
}
