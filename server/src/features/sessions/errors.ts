import { refusal } from '../../kernel/errors.ts';

export const invalidRefreshToken = refusal(
  'invalid-refresh-token',
  'unauthenticated',
  'The refresh token is missing, unknown, or its session is over.',
  'Log in again. A refresh token is good for one use; the answer carries its successor.',
);

export const refreshTokenReused = refusal(
  'refresh-token-reused',
  'unauthenticated',
  'This refresh token was used before, so its session has been ended for safety.',
  'Log in again. Two parties held the same token: if you are the only one who uses this device, look at your other sessions and change your password. A client that stores tokens must store the newest before it uses it.',
);

export const sessionNotFound = refusal(
  'session-not-found',
  'missing',
  'You have no living session with this id.',
  'List your sessions with `GET /sessions`: it may have ended already.',
);

export const nothingToLogOut = refusal(
  'not-logged-in',
  'unauthenticated',
  'There is no session to log out of: send a valid access token, the refresh cookie, or a refresh token.',
  'Nothing needs to be done if you only wanted to be logged out.',
);
