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

export const emailNeedsProof = refusal(
  'email-needs-proof',
  'forbidden',
  'Another e-mail address must be shown to be yours first.',
  'Use `POST /user/email`: it sends a link to the new address, and the change is made when that is opened and confirmed. The username is changed by `PATCH /user` without `email`.',
);

export const notInvitable = refusal(
  'not-invitable',
  'conflict',
  'This user cannot be invited.',
  'They have a password or a verified address already, or are disabled. Who has forgotten the password asks for another one; who is disabled must be enabled first.',
);

export const ownNames = refusal(
  'own-names',
  'forbidden',
  'Your own names are changed with your current password.',
  'Use `PATCH /user`, which asks for it. This operation is for the names of others.',
);
