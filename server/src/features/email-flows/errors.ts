import { refusal } from '../../kernel/errors.ts';

export const proofOfAccountNeeded = refusal(
  'proof-of-account-needed',
  'forbidden',
  'The link shows that the mail is yours, and not that the account is.',
  'Somebody else may have made an account with your address. Whoever made it sends the token with its `password`, or while signed in, and all stays as it is. Who did not, or does not know the password any more, sends a `new_password`: earlier passwords, sessions and API keys are then worth nothing. At `/email/confirm` only the first goes: who did not ask for the change has nothing to confirm. The token stays good.',
);

export const userDisabled = refusal(
  'user-disabled',
  'conflict',
  'This user is disabled, so no mail lets them in.',
  'Enable the user first (`POST /users/{user_id}/enable`), then send the request again.',
);
