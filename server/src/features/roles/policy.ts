import type { FieldError } from '../../kernel/errors.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { Grants, Role } from './role.ts';

/** What the API itself checks. Applications register their own beside these. */
export const builtInPermissions: Readonly<Record<Permission, string>> = {
  'users:read': 'List and see users.',
  'users:write': 'Create users, and change their names and e-mail addresses.',
  'users:delete': 'Delete and restore any user. (Everybody may delete their own account.)',
  'users:disable': 'Disable and enable users, and see why they are disabled.',
  'users:purge': 'Erase all that is personal of deleted users, for good.',
  'sessions:read': 'See where any user is signed in. (Everybody may see their own sessions.)',
  'sessions:end': 'End sessions of any user. (Everybody may end their own.)',
  'roles:read': 'See the roles, who has which, and why somebody may do something. (Everybody may see their own.)',
  'roles:write': 'Create, change and delete roles, within what one holds.',
  'roles:assign': 'Give and take roles, within what one holds.',
  'permissions:read': 'List the permissions there are.',
  'permissions:write': 'Register and remove the permissions of an application.',
  'api-keys:write': "Make API keys of one's own, with permissions that one holds.",
  'api-keys:read': 'See the API keys of any user, but not the keys themselves. (Everybody may see their own.)',
  'api-keys:revoke': 'Revoke API keys of any user. (Everybody may revoke their own.)',
  'audit:read': 'Read and export the audit record, with the addresses in it.',
  'tokens:introspect': 'Ask whether a token is active, and what its user may do: for resource servers.',
};

/** The built-in role that holds every permission, also those registered later. */
export const adminRoleName = 'admin';

/** `resource:action`, each of lower-case letters, digits, `-`, `_`, `.`; begins with a letter. */
export const permissionPattern = '^[a-z][a-z0-9_.-]{0,62}:[a-z][a-z0-9_.-]{0,62}$';

/** Roles that one user can have: as many as fit into what a person can oversee, and into one reply. */
export const maxRolesOfUser = 100;

/** Permissions that a role can hold. */
export const maxPermissionsOfRole = 200;

/**
 * Whether whoever has `own` could have handed out all of `theirs`. An administrator also holds what is registered later, so only an
 * administrator reaches an administrator.
 */
export function covers(own: Grants, theirs: Grants): boolean {
  if (own.roles.includes(adminRoleName)) return true;
  const held = new Set(own.permissions);
  return !theirs.roles.includes(adminRoleName) && theirs.permissions.every((permission) => held.has(permission));
}

/** What having these roles, and no others, lets somebody do. */
export const grantsOfRoles = (roles: readonly Role[]): Grants => ({
  roles: roles.map(({ name }) => name),
  permissions: [...new Set(roles.flatMap(({ permissions }) => permissions))],
});

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

/** Those of `all` that are not in `others`, in their order, each once. */
export function without<T>(all: Iterable<T>, others: Iterable<T>): T[] {
  const left = new Set(all);
  for (const one of others) left.delete(one);
  return [...left];
}
