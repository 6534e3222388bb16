import { Type } from 'typebox';
import { PathId } from '../../http/text.ts';

export const UserParams = Type.Object({ user_id: PathId("The user's id.") });

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
    created_at: Type.String({ format: 'date-time', description: 'When the account was made.' }),
  },
  { title: 'CurrentUser' },
);
