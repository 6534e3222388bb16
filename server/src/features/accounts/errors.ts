import { refusal } from '../../kernel/errors.ts';

export const lastAdmin = refusal(
  'last-admin',
  'conflict',
  'The last administrator cannot be removed.',
  'Give another user the role `admin` first (`keyward role assign admin <user>`), then try again.',
);

export const invalidSetupToken = refusal(
  'invalid-setup-token',
  'forbidden',
  'The set-up token is wrong, used, or older than 30 minutes, or there is an administrator already.',
  'Restart the server: as long as there is no administrator it prints a new token. Or use `keyward user create --admin`.',
);
