import { Type } from 'typebox';
import { UserReply } from '../users/index.ts';

export const RefreshTokenBody = Type.Object(
  { refresh_token: Type.Optional(Type.String({ maxLength: 512 })) },
  { additionalProperties: false },
);

export const RefreshReply = Type.Object(
  {
    user: UserReply,
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds.' }),
  },
  { title: 'Refreshed' },
);

export const RefreshWithTokenReply = Type.Object(
  {
    ...RefreshReply.properties,
    refresh_token: Type.Optional(Type.String({ description: 'The successor; only where the token came in the body.' })),
  },
  { title: 'RefreshedWithToken' },
);

export const LogoutReply = Type.Object({ message: Type.Literal('User logged out successfully.') });
