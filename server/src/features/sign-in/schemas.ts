import { Type } from '../../http/schema.ts';
import { PlainText } from '../../http/text.ts';
import { LinkAndPasswordBody, TokenText } from '../email-flows/index.ts';
import { PasswordText } from '../passwords/index.ts';
import { EmailText as Email, UsernameText as Username, UserReply } from '../users/index.ts';

export const SignUpBody = Type.Object(
  { username: Username, email: Email, password: PasswordText },
  {
    additionalProperties: false,
    examples: [{ username: 'ada', email: 'ada@example.com', password: 'correct horse battery' }],
  },
);

/** Where addresses must be verified: the account exists, and nobody is signed in. */
const ToBeVerifiedReply = Type.Object(
  {
    message: Type.Literal('A mail is on its way: verify your e-mail address, then log in.'),
    data: UserReply,
  },
  { title: 'ToBeVerified' },
);

export const ToBeCompletedReply = Type.Object(
  { message: Type.Literal('A mail is on its way: it says how to go on.') },
  { title: 'ToBeCompleted' },
);

export const CompleteSignUpBody = LinkAndPasswordBody({
  password: 'The one that was chosen at the sign-up.',
  newPassword: 'Another one in its place.',
});

export const SetUpBody = Type.Object(
  { setup_token: PlainText({ max: 128 }), ...SignUpBody.properties },
  { additionalProperties: false },
);

export const LogInBody = Type.Object(
  { email: Email, password: PasswordText },
  { additionalProperties: false, examples: [{ email: 'ada@example.com', password: 'correct horse battery' }] },
);

export const EmailProofBody = Type.Object(
  {
    token: Type.Optional(TokenText),
    email: Type.Optional(Email),
    code: Type.Optional(
      Type.String({
        pattern: '^[0-9]{6}$',
        'x-hint': 'Must be the six digits of the mail.',
        description: 'Six digits.',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ email: 'ada@example.com', code: '042137' }] },
);

export const LinkAccountReply = Type.Object(
  { email: Type.String({ description: 'The address of the account.' }) },
  { title: 'LinkAccount' },
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

/** By `REQUIRE_VERIFIED_EMAIL`: off, or login. */
export const AccountMadeReply = Type.Union([SignedUpReply, ToBeVerifiedReply]);
