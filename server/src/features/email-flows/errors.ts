import { refusal } from '../../kernel/errors.ts';

export const userDisabled = refusal(
  'user-disabled',
  'conflict',
  'This user is disabled, so no mail lets them in.',
  'Enable the user first (`POST /users/{user_id}/enable`), then send the request again.',
);
