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
  'There is no role with this name.',
  'List the roles with `keyward role list` and check the spelling.',
);

export const permissionExists = refusal(
  'permission-exists',
  'conflict',
  'A permission with this name exists.',
  'Nothing needs to be done: it can be used in roles as it is.',
);

export const permissionNotHeld = refusal(
  'permission-not-held',
  'forbidden',
  'Nobody can hand out a permission that they do not hold themselves.',
  '`errors` points at the permissions you do not hold. Leave them out, or ask somebody who holds them to make the role.',
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
  'Give another user the role `admin` first (`keyward role assign admin <user>`), then try again.',
);
