import { refusal } from '../../kernel/errors.ts';

export const invalidCredentials = refusal(
  'invalid-credentials',
  'unauthenticated',
  'Email or password is wrong.',
  'Check both. For safety the answer is the same whether the account does not exist, is deleted or disabled, or the password is wrong.',
);
