import { Type } from '../../http/schema.ts';
import { PathId, PlainText } from '../../http/text.ts';

export const UserParams = Type.Object({ user_id: PathId("The user's id.") });

/** Bounds what is read at all; `checkNames` is stricter and says why. */
export const EmailText = PlainText({ max: 320, description: 'As ada@example.com; letter case does not matter.' });
export const UsernameText = PlainText({
  max: 256,
  description: '1 to 64 visible characters without @; letter case does not matter.',
});

/** What the seed calls a user: who it is, and nothing that a client has no use for. */
export const UserReply = Type.Object(
  {
    id: Type.Integer({ minimum: 1, description: 'Never used twice, also after the account is deleted.' }),
    username: Type.String(),
    email: Type.String(),
  },
  { title: 'User' },
);

export const CurrentUserReply = Type.Object(
  {
    ...UserReply.properties,
    email_verified: Type.Boolean({ description: 'Whether it was shown that the address is theirs.' }),
    created_at: Type.String({ format: 'date-time', description: 'When the account was made.' }),
  },
  { title: 'CurrentUser' },
);
