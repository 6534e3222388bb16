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
  const work = createEffectOf(store, db, change);
  // Each combination of other roles is worked out once: there are few, however many users there are.
  const effects = new Map<string, Effect>();
  for (let after = 0; ; ) {
    const { holders, next } = await store.holdersOf(db, change.role, after);
    if (next === undefined) return;
    const page: AffectedUser[] = [];
    for (const { user, others } of holders) {
      const key = others.length === 0 ? '' : others.toSorted((a, b) => a - b).join();
      const effect = effects.get(key) ?? (await work(others));
      effects.set(key, effect);
      page.push({ user, effect });
    }
    yield page;
    after = next;
    await breathe();
  }
}

function createEffectOf(store: RolesStore, db: Reads, { added, removed }: RoleChange) {
  const roles = new Map<RoleId, Role | undefined>();
  return async (ids: readonly RoleId[]): Promise<Effect> => {
    for (const id of ids) if (!roles.has(id)) roles.set(id, await store.findRole(db, id));
    const others = ids.flatMap((id) => roles.get(id) ?? []);
    if (others.some(({ builtIn }) => builtIn)) return { others, gains: [], loses: [] };
    const held = others.flatMap(({ permissions }) => permissions);
    return { others, gains: without(added, held), loses: without(removed, held) };
  };
}
