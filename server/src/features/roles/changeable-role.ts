import type { Tx } from '../../db/database.ts';
import type { RoleId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import { affectedBy, type RoleChange } from './affected.ts';
import type { Authority } from './authority.ts';
import { builtInRole, roleHoldsMore, roleNotFound, userHoldsMore } from './errors.ts';
import { adminRoleName, covers, grantsOfRoles } from './policy.ts';
import type { Grants, Role } from './role.ts';
import type { RolesStore } from './store.ts';

/** More are not looked at one by one while everybody else waits for the end of the transaction. */
const mostHoldersLookedAt = 20_000;

export interface Changeable {
  readonly role: Role;
  /** What the actor holds; `undefined` is everything. */
  readonly own: Grants | undefined;
}

/** Who may change which role, and take what from whom. */
export interface ChangeableRoles {
  /**
   * A role that the actor may change, and that nobody else changes until the end of the transaction. Whoever changes a role changes what
   * everybody has by it; so they must hold all that is in it, as if they took it and gave it anew.
   *
   * @throws lackingPermission, invalidToken, roleNotFound, builtInRole, roleHoldsMore
   */
  claim(tx: Tx, id: RoleId, by: Actor | undefined): Promise<Changeable>;
  /**
   * Nobody takes a permission from a user who stands above them, by way of a role that both have. It is not taken from whom another role
   * gives it too. Where too many have the role to look at each, only an administrator takes something out of it.
   *
   * @throws userHoldsMore
   */
  assertReachesLosers(tx: Tx, own: Grants | undefined, change: RoleChange): Promise<void>;
}

export function createChangeableRoles(deps: { authority: Authority; store: RolesStore }): ChangeableRoles {
  const { authority, store } = deps;
  return {
    async claim(tx, id, by) {
      await store.lockGrants(tx);
      await authority.assertHolds(tx, by, 'roles:write');
      const role = await store.findRole(tx, id);
      if (role === undefined) throw roleNotFound();
      if (role.builtIn) throw builtInRole();
      const own = by && (await authority.grantsOf(tx, by));
      if (own !== undefined && !covers(own, grantsOfRoles([role]))) throw roleHoldsMore();
      return { role, own };
    },

    async assertReachesLosers(tx, own, change) {
      if (own === undefined || own.roles.includes(adminRoleName) || change.removed.length === 0) return;
      let looked = 0;
      for await (const page of affectedBy(store, tx, change)) {
        const above = page.find(({ effect }) => effect.loses.length > 0 && !covers(own, grantsOfRoles(effect.others)));
        if (above !== undefined) throw userHoldsMore({ detail: aboveLoses(above.user) });
        looked += page.length;
        if (looked >= mostHoldersLookedAt) throw userHoldsMore({ detail: tooMany });
      }
    },
  };
}

const aboveLoses = (user: number): string =>
  `User ${user} would lose something by this, and holds a permission that you do not hold.`;

const tooMany = 'So many users have this role that only an administrator can take something from all of them.';
