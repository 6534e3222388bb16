import { refusal } from '../../kernel/errors.ts';

export const signInByEmailOff = refusal(
  'sign-in-by-email-off',
  'missing',
  'Signing in by mail is switched off here.',
  'Sign in with the password (`POST /login`). The operator switches it on by `SIGN_IN_BY_EMAIL=on`.',
);

export const invalidCredentials = refusal(
  'invalid-credentials',
  'unauthenticated',
  'Email or password is wrong.',
  'Check both. For safety the answer is the same whether the account does not exist, is deleted or disabled, or the password is wrong.',
);

export const emailNotVerified = refusal(
  'email-not-verified',
  'forbidden',
  'Your e-mail address is not verified yet.',
  'Follow the link in the mail that was sent to it, and sign in again. `POST /email/verification` sends another mail. This is said to those alone who know the password.',
);
