import type { FastifyReply } from 'fastify';
import type { ApiCookie } from '../../http/cookies.ts';
import type { Clock } from '../../kernel/clock.ts';
import { accessTokenReply, forbidCaching, setRefreshCookie, userReply } from '../sessions/index.ts';
import type { RememberDevice } from '../throttle/index.ts';
import type { SignedIn } from './complete-sign-in.ts';

/** What every way in answers: both tokens in the body, and the cookies; that of the device where there is a password for it to go with. */
export type TokensReply = ReturnType<typeof createTokensReply>;

export const createTokensReply =
  ({ cookie, rememberDevice, clock }: { cookie: ApiCookie; rememberDevice: RememberDevice; clock: Clock }) =>
  (tokens: SignedIn, reply: FastifyReply) => {
    forbidCaching(reply);
    setRefreshCookie(reply, tokens, cookie, clock);
    if (tokens.proven !== undefined) rememberDevice(reply, tokens.proven);
    return {
      data: userReply(tokens.user),
      ...accessTokenReply(tokens),
      refresh_token: tokens.refreshToken.reveal(),
    };
  };
