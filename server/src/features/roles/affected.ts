import { setImmediate as breathe } from 'node:timers/promises';
import type { Reads } from '../../db/database.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { without } from './policy.ts';
import type { Role } from './role.ts';
import type { RolesStore } from './store.ts';

/** What one role will hold that it does not hold now, and the other way round. */
export interface RoleChange {
  readonly role: RoleId;
  readonly added: readonly Permission[];
  readonly removed: readonly Permission[];
}

/** What a change does to everybody who has the same other roles. */
export interface Effect {
  readonly others: readonly Role[];
  readonly gains: readonly Permission[];
  readonly loses: readonly Permission[];
}

export interface AffectedUser {
  readonly user: UserId;
  readonly effect: Effect;
}

/**
 * Everybody who has the role, with what the change gives to and takes from each, beside what their other roles give them anyway; in pages.
 * A million of them take a second or two, but each page only some milliseconds, and between two pages others have their turn.
 */
export async function* affectedBy(
  store: RolesStore,
  db: Reads,
  change: RoleChange,
): AsyncGenerator<readonly AffectedUser[]> {
  const effectOf = createEffectOf(store, db, change);
  for (let after = 0; ; ) {
    const holders = await store.holdersOf(db, change.role, after);
    const last = holders.at(-1);
    if (last === undefined) return;
    const page: AffectedUser[] = [];
    for (const { user, others } of holders) page.push({ user, effect: await effectOf(others) });
    yield page;
    after = last.user;
    await breathe();
  }
}

/** Works out each combination of other roles once: there are few, however many users there are. */
function createEffectOf(store: RolesStore, db: Reads, { added, removed }: RoleChange) {
  const roles = new Map<RoleId, Promise<Role | undefined>>();
  const effects = new Map<string, Promise<Effect>>();

  const roleOf = (id: RoleId): Promise<Role | undefined> => {
    const role = roles.get(id) ?? store.findRole(db, id);
    roles.set(id, role);
    return role;
  };

  const work = async (ids: readonly RoleId[]): Promise<Effect> => {
    const others: Role[] = [];
    for (const id of ids) {
      const role = await roleOf(id);
      if (role !== undefined) others.push(role);
    }
    if (others.some(({ builtIn }) => builtIn)) return { others, gains: [], loses: [] };
    const held = others.flatMap(({ permissions }) => permissions);
    return { others, gains: without(added, held), loses: without(removed, held) };
  };

  return (others: readonly RoleId[]): Promise<Effect> => {
    const key = others.toSorted((a, b) => a - b).join();
    const effect = effects.get(key) ?? work(others);
    effects.set(key, effect);
    return effect;
  };
}
