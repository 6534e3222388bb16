import type { Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Role } from './role.ts';

/** Room for a name in the `object` of an event, which holds a permission besides. A longer one is cut. */
const nameLength = 96;

const named = ({ name }: Pick<Role, 'name'>): string => {
  const letters = [...name];
  return letters.length <= nameLength ? name : `${letters.slice(0, nameLength - 1).join('')}…`;
};

/** In which transaction, on whose behalf and from where something is done. */
interface Done {
  readonly audit: Audit;
  readonly tx: Tx;
  /** `undefined` is the operator. */
  readonly by: Actor | undefined;
  readonly ip?: string | undefined;
}

/** One event for each permission: so the record says exactly what a role held at any moment. */
export async function recordContents(
  { audit, tx, by: actor, ip }: Done,
  role: Pick<Role, 'name'>,
  change: { readonly added?: readonly Permission[]; readonly removed?: readonly Permission[] },
): Promise<void> {
  const signed = [
    ...(change.removed ?? []).map((permission) => `-${permission}`),
    ...(change.added ?? []).map((permission) => `+${permission}`),
  ];
  const event = { event: 'role.changed', actor, ip } as const;
  for (const it of signed) await audit.record(tx, { ...event, object: `${named(role)} ${it}` });
}

/** The name and the description, where they changed. */
export async function recordWords(
  { audit, tx, by: actor, ip }: Done,
  before: Role,
  after: Pick<Role, 'name' | 'description'>,
): Promise<void> {
  if (after.name !== before.name) {
    const object = `${named(before)} -> ${named(after)}`;
    await audit.record(tx, { event: 'role.renamed', actor, ip, object });
  }
  if (after.description !== before.description)
    await audit.record(tx, { event: 'role.described', actor, ip, object: named(after) });
}

/** What a user was given and what was taken from them, one event for each role. */
export async function recordRolesOf(
  { audit, tx, by: actor, ip }: Done,
  subject: UserId,
  { given, taken }: { given: readonly Pick<Role, 'name'>[]; taken: readonly Pick<Role, 'name'>[] },
): Promise<void> {
  const whom = { actor, ip, subject };
  for (const { name } of taken) await audit.record(tx, { event: 'role.unassigned', ...whom, object: name });
  for (const { name } of given) await audit.record(tx, { event: 'role.assigned', ...whom, object: name });
}
