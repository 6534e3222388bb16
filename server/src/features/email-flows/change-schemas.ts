import { Type } from '../../http/schema.ts';
import { PasswordText } from '../passwords/index.ts';
import { EmailText } from '../users/index.ts';
import { TokenText } from './schemas.ts';

export const AskEmailChangeBody = Type.Object(
  { email: EmailText, current_password: PasswordText },
  {
    additionalProperties: false,
    examples: [{ email: 'ada@example.org', current_password: 'correct horse battery' }],
  },
);

export const EmailChangeAskedReply = Type.Object({
  message: Type.Literal('A link was sent to the new address. Until it is confirmed nothing changes.'),
});

export const ConfirmEmailBody = Type.Object(
  {
    token: TokenText,
    password: Type.Optional({ ...PasswordText, description: 'That of the account.' }),
  },
  {
    additionalProperties: false,
    examples: [{ token: 'xTcX5hyB0JY5ZQkq2Zb5DqqYb1mUuJ0kYqKJ4a1iBqk', password: 'correct horse battery' }],
  },
);

export const EmailChangedReply = Type.Object({ message: Type.Literal('E-mail address changed successfully.') });

export const EmailRestoredReply = Type.Object({
  message: Type.Literal('The former e-mail address is back. A link to choose a new password was sent to it.'),
});
