import { Type } from 'typebox';
import { PlainText } from '../../http/text.ts';
import { PasswordText } from '../passwords/index.ts';
import { EmailText as Email, UsernameText as Username, UserReply } from '../users/index.ts';

export const SignUpBody = Type.Object(
  { username: Username, email: Email, password: PasswordText },
  {
    additionalProperties: false,
    examples: [{ username: 'ada', email: 'ada@example.com', password: 'correct horse battery' }],
  },
);

export const SetUpBody = Type.Object(
  { setup_token: PlainText({ max: 128 }), ...SignUpBody.properties },
  { additionalProperties: false },
);

export const LogInBody = Type.Object(
  { email: Email, password: PasswordText },
  { additionalProperties: false, examples: [{ email: 'ada@example.com', password: 'correct horse battery' }] },
);

export const AcceptInvitationBody = Type.Object(
  {
    token: PlainText({ max: 128, description: 'What stands behind `#token=` in the link.' }),
    new_password: PasswordText,
  },
  {
    additionalProperties: false,
    examples: [{ token: 'xTcX5hyB0JY5ZQkq2Zb5DqqYb1mUuJ0kYqKJ4a1iBqk', new_password: 'seven quiet lanterns burn' }],
  },
);

export const LoggedInReply = Type.Object(
  {
    data: UserReply,
    access_token: Type.String(),
    refresh_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds until the access token expires.' }),
  },
  { title: 'LoggedIn' },
);

export const SignedUpReply = Type.Object(
  { message: Type.Literal('Success'), ...LoggedInReply.properties },
  { title: 'SignedUp' },
);
