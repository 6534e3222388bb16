import { refusal } from '../../kernel/errors.ts';

export const currentPasswordWrong = refusal(
  'current-password-wrong',
  'invalid',
  'The current password is not right.',
  'Check it, and send the request again. Repeated attempts are slowed down, as at the login. Who does not know the password any more resets it by mail (`POST /password/forgot`).',
);

export const invalidSetupToken = refusal(
  'invalid-setup-token',
  'forbidden',
  'The set-up token is wrong, used, or older than 30 minutes, or there is an administrator already.',
  'Restart the server: as long as there is no administrator it prints a new token. Or use `keyward user create --admin`.',
);

export const ownNames = refusal(
  'own-names',
  'forbidden',
  'Your own names are changed with your current password.',
  'Use `PATCH /user`, which asks for it. This operation is for the names of others.',
);
