import { refusal } from '../../kernel/errors.ts';

export const invalidSetupToken = refusal(
  'invalid-setup-token',
  'forbidden',
  'The set-up token is wrong, used, or older than 30 minutes, or there is an administrator already.',
  'Restart the server: as long as there is no administrator it prints a new token. Or use `keyward user create --admin`.',
);
