import { Type } from 'typebox';
import { AnyText, PlainText } from '../../http/text.ts';
import { UserReply } from '../users/index.ts';

/**
 * Bounds what is read at all; the policy of new passwords is stricter and says why. No more than what a password may ever have:
 * normalising takes time that grows with the square of a run of combining marks.
 */
const maxRawPasswordLength = 1_024;

const Password = AnyText({
  max: maxRawPasswordLength,
  description: 'Length counts in characters after NFKC; nothing is cut.',
});
const Email = PlainText({ max: 320, description: 'As ada@example.com; letter case does not matter.' });
const Username = PlainText({
  max: 256,
  description: '1 to 64 visible characters without @; letter case does not matter.',
});

export const SignUpBody = Type.Object(
  { username: Username, email: Email, password: Password },
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
  { email: Email, password: Password },
  { additionalProperties: false, examples: [{ email: 'ada@example.com', password: 'correct horse battery' }] },
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
