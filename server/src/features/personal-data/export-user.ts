import type { Database } from '../../db/database.ts';
import { type Clock, iso } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Throttle } from '../throttle/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import type { Holding } from './holding.ts';

export interface ExportUserCommand {
  readonly id: UserId;
  /** The user in person; `undefined` is the operator. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * All that is held on a user, as the pieces of one JSON object with a member for each holding. It is read while it is sent, a page at a
 * time, so that a long history neither fills the memory nor is cut off; so the pieces are of the moments at which they are read.
 *
 * @throws userNotFound; tooManyAttempts where somebody asks for their own without end
 */
export type ExportUser = (command: ExportUserCommand) => Promise<AsyncIterable<string>>;

export function createExportUser(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  throttle: Throttle;
  holdings: readonly Holding[];
}): ExportUser {
  const { db, clock, audit, users, throttle, holdings } = deps;

  async function* pieces(id: UserId): AsyncGenerator<string> {
    yield `{"exported_at":${JSON.stringify(iso(clock.now()))}`;
    for (const { name, tell } of holdings) {
      yield `,${JSON.stringify(name)}:`;
      const told = tell(db, id);
      if (told instanceof Promise) yield JSON.stringify(await told);
      else yield* listPieces(told as AsyncIterable<unknown>);
    }
    yield '}';
  }

  return async ({ id, by, ip }) => {
    if (by !== undefined) await throttle.charge([{ kind: 'export', of: [by.userId] }]);
    await db.transact(async (tx) => {
      const user = await users.find(tx, id);
      if (user === undefined || user.purgedAt !== undefined) throw userNotFound();
      await audit.record(tx, { event: 'user.exported', actor: by, subject: id, ip });
    });
    return pieces(id);
  };
}

async function* listPieces(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let lead = '[';
  for await (const item of items) {
    yield lead + JSON.stringify(item);
    lead = ',';
  }
  yield lead === '[' ? '[]' : ']';
}
