import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Hasher } from '../../kernel/hasher.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { PasswordAtHand } from './check-password.ts';
import type { FindStandIn } from './find-stand-in.ts';
import type { PasswordsStore } from './store.ts';

/** Looks up what is to be checked. */
export interface FindPassword {
  /** By name. `name` is what was asked for, folded, also where nobody has it. */
  byName(key: { emailKey: string; usernameKey: string; name: string }): Promise<PasswordAtHand>;
  /** Of a user who is signed in; whoever acts on it looks again whether they are let in. */
  of(user: UserId): Promise<PasswordAtHand>;
}

export function createFindPassword(deps: {
  db: Database;
  clock: Clock;
  hasher: Hasher;
  store: PasswordsStore;
  findStandIn: FindStandIn;
}): FindPassword {
  const { db, clock, hasher, store, findStandIn } = deps;
  return {
    /** The stand-in is looked up for everybody, since looking takes its time as well. */
    async byName({ name, ...key }) {
      const [found, standIn = hasher.dummy] = await Promise.all([
        store.findByName(db, key, clock.now()),
        findStandIn(name),
      ]);
      const isUsable = found?.hash !== undefined && hasher.canVerify(found.hash);
      return { found, work: isUsable ? found.hash : standIn };
    },
    async of(user) {
      const stored = await store.findOf(db, user);
      return { found: stored && { ...stored, active: true }, work: stored?.hash ?? hasher.dummy };
    },
  };
}
