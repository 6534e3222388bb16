import { Type } from '../../http/schema.ts';
import { UserParams, UserReply } from '../users/index.ts';

/** As long as the longest token of any kind: who sends the wrong one is told that it is no refresh token. */
const maxTokenLength = 8_192;

export const RefreshTokenBody = Type.Object(
  { refresh_token: Type.Optional(Type.String({ maxLength: maxTokenLength })) },
  { additionalProperties: false },
);

export const LogoutBody = Type.Object(
  {
    ...RefreshTokenBody.properties,
    all_devices: Type.Optional(
      Type.Boolean({ description: 'Ends every session of the user, wherever it is, this one included.' }),
    ),
  },
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

const OwnSession = Type.Object(
  {
    id: Type.String(),
    current: Type.Boolean({ description: 'Whether it is the session of this request.' }),
    created_at: Type.String({ format: 'date-time' }),
    last_seen_at: Type.String({ format: 'date-time', description: 'The last refresh, or the sign-in.' }),
    expires_at: Type.String({ format: 'date-time' }),
    ip: Type.String({ description: 'Where it was begun.' }),
    user_agent: Type.String({ description: 'With what it was begun.' }),
  },
  { title: 'Session' },
);

export const SessionsReply = Type.Object({ sessions: Type.Array(OwnSession) });

export const SessionParams = Type.Object({
  session_id: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', 'x-hint': 'Must be the id of a session.' }),
});

export const UserSessionParams = Type.Object({ ...UserParams.properties, ...SessionParams.properties });

export const SessionEndedReply = Type.Object({ message: Type.Literal('Session ended successfully.') });

export const SessionsEndedReply = Type.Object({
  message: Type.Literal('Sessions ended successfully.'),
  ended: Type.Integer({ minimum: 0, description: 'How many.' }),
});

export const LogoutReply = Type.Object({ message: Type.Literal('User logged out successfully.') });
