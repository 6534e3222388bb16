import { refusal } from '../../kernel/errors.ts';

export const emailTaken = refusal(
  'email-taken',
  'conflict',
  'An account with this e-mail address exists.',
  'Log in with this address, or sign up with another one. Addresses that differ only in letter case are the same address.',
);

export const usernameTaken = refusal(
  'username-taken',
  'conflict',
  'This username is taken.',
  'Choose another username. Names that differ only in letter case or in the width of their characters are the same name.',
);

export const userNotFound = refusal(
  'user-not-found',
  'missing',
  'There is no user with this id.',
  'Check the id. A deleted user is gone; until they are purged an administrator can restore them with `POST /users/{user_id}/restore`, or `keyward user restore`.',
);
