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

export const MailAskedReply = (message: string) => Type.Object({ message: Type.Literal(message) });

const exampleToken = 'xTcX5hyB0JY5ZQkq2Zb5DqqYb1mUuJ0kYqKJ4a1iBqk';

/** The token of a link, alone. */
export const LinkBody = Type.Object(
  { token: TokenText },
  { additionalProperties: false, examples: [{ token: exampleToken }] },
);

/** A link by which one chooses a password. */
export const ChoosePasswordBody = Type.Object(
  { token: TokenText, new_password: PasswordText },
  { additionalProperties: false, examples: [{ token: exampleToken, new_password: 'seven quiet lanterns burn' }] },
);

/** A link that goes with the password of the account, or with another one in its place. @param says what each of them means */
export const LinkAndPasswordBody = (says: { readonly password: string; readonly newPassword: string }) =>
  Type.Object(
    {
      token: TokenText,
      password: Type.Optional({ ...PasswordText, description: says.password }),
      new_password: Type.Optional({ ...PasswordText, description: says.newPassword }),
    },
    {
      additionalProperties: false,
      examples: [{ token: exampleToken, password: 'correct horse battery' }],
    },
  );

export const PasswordResetReply = Type.Object({ message: Type.Literal('Password reset successfully.') });
export const ResetStartedReply = Type.Object({ message: Type.Literal('The mail is on its way.') });

export const VerifyEmailBody = LinkAndPasswordBody({
  password: 'That of the account: all stays as it is.',
  newPassword: 'One for the account from now on: whoever had it before is out.',
});

export const EmailVerifiedReply = Type.Object({ message: Type.Literal('E-mail address verified successfully.') });
