import { Type } from '../../http/schema.ts';
import { PlainText } from '../../http/text.ts';
import { PasswordText } from '../passwords/index.ts';
import { EmailText } from '../users/index.ts';

/** The token of a link; longer than any. */
export const TokenText = PlainText({ max: 128, description: 'What stands behind `#token=` in the link of the mail.' });

export const AskMailBody = Type.Object(
  { email: EmailText },
  { additionalProperties: false, examples: [{ email: 'ada@example.com' }] },
);

export const MailAskedReply = Type.Object({
  message: Type.Literal('If there is an account with this address, a mail is on its way.'),
});

export const ResetPasswordBody = Type.Object(
  { token: TokenText, new_password: PasswordText },
  {
    additionalProperties: false,
    examples: [{ token: 'NjQx…', new_password: 'seven quiet lanterns burn' }],
  },
);

export const PasswordResetReply = Type.Object({ message: Type.Literal('Password reset successfully.') });
export const ResetStartedReply = Type.Object({ message: Type.Literal('The mail is on its way.') });

export const VerificationAskedReply = Type.Object({
  message: Type.Literal('If this address waits to be verified, a mail is on its way.'),
});

export const VerifyEmailBody = Type.Object(
  {
    token: TokenText,
    password: Type.Optional({ ...PasswordText, description: 'That of the account: all stays as it is.' }),
    new_password: Type.Optional({
      ...PasswordText,
      description: 'One for the account from now on: whoever had it before is out.',
    }),
  },
  {
    additionalProperties: false,
    examples: [{ token: 'xTcX5hyB0JY5ZQkq2Zb5DqqYb1mUuJ0kYqKJ4a1iBqk', password: 'correct horse battery' }],
  },
);

export const EmailVerifiedReply = Type.Object({ message: Type.Literal('E-mail address verified successfully.') });
