import type { FieldError } from '../../kernel/errors.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { Grants } from './role.ts';

/** What the API itself checks. Applications register their own beside these. */
export const builtInPermissions: Readonly<Record<Permission, string>> = {
  'users:delete': 'Delete any user. (Everybody may delete their own account.)',
  'users:disable': 'Disable and enable users.',
  'sessions:read': 'See where any user is signed in. (Everybody may see their own sessions.)',
  'sessions:end': 'End sessions of any user. (Everybody may end their own.)',
  'roles:write': 'Create roles out of permissions that one holds.',
  'permissions:read': 'List the permissions there are.',
  'permissions:write': 'Register the permissions of an application.',
  'audit:read': 'Read and export the audit record, with the addresses in it.',
  'tokens:introspect': 'Ask whether a token is active, and what its user may do: for resource servers.',
};

/** The built-in role that holds every permission, also those registered later. */
export const adminRoleName = 'admin';

const maxRoleNameLength = 64;

/** `resource:action`, each of lower-case letters, digits, `-`, `_`, `.`; begins with a letter. */
export const permissionPattern = '^[a-z][a-z0-9_.-]{0,62}:[a-z][a-z0-9_.-]{0,62}$';

const roleName = /^[^\p{C}\p{Z}]+( [^\p{C}\p{Z}]+)*$/u;
/** What is not seen (RFC 8264 §9.13, and the blank of Braille): with it a role would look like another. */
const unseen = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The form by which a role's name is unique; the same as of a username. */
export function foldRoleName(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** What is wrong with the name of a new role; empty when nothing is. */
export function checkRoleName(name: string): FieldError[] {
  const folded = foldRoleName(name);
  if ([...folded].length <= maxRoleNameLength && roleName.test(folded) && !unseen.test(name)) return [];
  return [{ pointer: '/name', detail: `Use 1 to ${maxRoleNameLength} visible characters.` }];
}

/**
 * Whether whoever has `own` could have handed out all of `theirs`. An administrator also holds what is registered later, so only an
 * administrator reaches an administrator.
 */
export function covers(own: Grants, theirs: Grants): boolean {
  if (own.roles.includes(adminRoleName)) return true;
  const held = new Set(own.permissions);
  return !theirs.roles.includes(adminRoleName) && theirs.permissions.every((permission) => held.has(permission));
}

/** What remains of `grants` behind a credential that is limited to some permissions: no role, since a role may grow. */
export function grantsWithin(grants: Grants, limit: ReadonlySet<Permission> | undefined): Grants {
  if (limit === undefined) return grants;
  return { roles: [], permissions: grants.permissions.filter((permission) => limit.has(permission)) };
}

/** One fault for each of `permissions` that is not in `allowed`, with a pointer at its place in the request. */
export function permissionsOutside(
  permissions: readonly Permission[],
  allowed: ReadonlySet<Permission>,
  says: (permission: Permission) => string,
): FieldError[] {
  return permissions.flatMap((permission, place) =>
    allowed.has(permission) ? [] : [{ pointer: `/permissions/${place}`, detail: says(permission) }],
  );
}
