import type { Reads, Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';

/** What a feature holds on a person. The feature says so itself, through its door; `app/compose.ts` has the list. */
export interface Holding {
  /** Its place in the export. */
  readonly name: string;
  /** All of it, ready for JSON and without secrets; in pieces where there may be much. */
  tell(db: Reads, user: UserId): Promise<unknown> | AsyncIterable<unknown>;
  /** Erases what is personal for good, in the transaction that purges the user. Nothing where that goes with the row of the user. */
  forget(tx: Tx, user: UserId): Promise<void>;
}
