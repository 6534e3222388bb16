import { refusal } from '../../kernel/errors.ts';

export const roleExists = refusal(
  'role-exists',
  'conflict',
  'A role with this name exists.',
  'Choose another name. Names that differ only in letter case are the same name.',
);

export const roleNotFound = refusal(
  'role-not-found',
  'missing',
  'There is no such role.',
  'List the roles with `GET /users/roles` or `keyward role list`: it may have been deleted. An id is never used twice.',
);

export const roleChanged = refusal(
  'role-changed',
  'conflict',
  'This role has been changed in the meantime.',
  'Read the role again, decide again, and send its new `version` with the change. Nothing was changed by this request.',
);

export const rolesChanged = refusal(
  'roles-changed',
  'conflict',
  "This user's roles have been changed in the meantime.",
  'Read the roles of the user again and decide again. Nothing was changed by this request; it is refused because `expected` names another set than the one they have.',
);

export const builtInRole = refusal(
  'built-in-role',
  'conflict',
  'The built-in role can be neither changed nor deleted.',
  '`admin` holds every permission, so that there is always somebody who can repair everything. Make a role of your own with fewer.',
);

export const roleHoldsMore = refusal(
  'role-holds-more',
  'forbidden',
  'This role holds a permission that you do not hold, so you cannot change it.',
  'Ask an administrator, or somebody who holds all that the role holds.',
);

export const permissionExists = refusal(
  'permission-exists',
  'conflict',
  'A permission with this name exists.',
  'Nothing needs to be done: it can be used in roles as it is.',
);

export const permissionNotFound = refusal(
  'permission-not-found',
  'missing',
  'There is no permission with this name.',
  'List the permissions with `GET /permissions` and check the spelling: names are compared to the letter.',
);

export const permissionInUse = refusal(
  'permission-in-use',
  'conflict',
  'Roles hold this permission.',
  'Take it out of the roles first, or send `force=true` to take it out of all of them together; that also needs `roles:write`.',
);

export const builtInPermission = refusal(
  'built-in-permission',
  'conflict',
  'A built-in permission cannot be removed.',
  'The API itself checks it. Take it out of the roles that should not hold it.',
);

export const permissionNotHeld = refusal(
  'permission-not-held',
  'forbidden',
  'Nobody can hand out or take away a permission that they do not hold themselves.',
  '`errors` points at what holds permissions that you do not hold. Leave it out, or ask somebody who holds them.',
);

export const userHoldsMore = refusal(
  'user-holds-more',
  'forbidden',
  'This user holds a permission that you do not hold, so you cannot act on them.',
  'Ask an administrator, or somebody who holds at least what this user holds.',
);

export const lastAdmin = refusal(
  'last-admin',
  'conflict',
  'The last administrator cannot be removed or disabled.',
  'Give another user the role `admin` first (`keyward role assign admin <user>`), then try again. Whoever was invited counts from their first sign-in on.',
);
