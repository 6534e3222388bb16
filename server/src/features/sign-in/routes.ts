import type { FastifyReply } from 'fastify';
import type { ApiCookie } from '../../http/cookies.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import type { Clock } from '../../kernel/clock.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { invalidSetupToken } from '../accounts/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { accessTokenReply, forbidCaching, setRefreshCookie, userReply } from '../sessions/index.ts';
import { type RememberDevice, tooManyAttempts } from '../throttle/index.ts';
import { emailTaken, usernameTaken } from '../users/index.ts';
import type { AcceptInvitation } from './accept-invitation.ts';
import type { SignedIn } from './complete-sign-in.ts';
import { invalidCredentials } from './errors.ts';
import type { LogIn } from './log-in.ts';
import { AcceptInvitationBody, LoggedInReply, LogInBody, SetUpBody, SignedUpReply, SignUpBody } from './schemas.ts';
import type { SignUp } from './sign-up.ts';

export interface SignInRoutesDeps {
  readonly logIn: LogIn;
  readonly signUp: SignUp;
  readonly acceptInvitation: AcceptInvitation;
  readonly cookie: ApiCookie;
  readonly deviceCookie: ApiCookie;
  readonly rememberDevice: RememberDevice;
  readonly clock: Clock;
  readonly clientId: string;
}

export function signInRoutes(deps: SignInRoutesDeps): readonly Route[] {
  const { logIn, signUp, acceptInvitation, cookie, deviceCookie, rememberDevice, clock, clientId } = deps;

  const tokensReply = (tokens: SignedIn, reply: FastifyReply) => {
    forbidCaching(reply);
    setRefreshCookie(reply, tokens, cookie, clock);
    rememberDevice(reply, tokens.proven);
    return {
      data: userReply(tokens.user),
      ...accessTokenReply(tokens),
      refresh_token: tokens.refreshToken.reveal(),
    };
  };

  return [
    route({
      method: 'POST',
      url: '/signup',
      operationId: 'signUp',
      summary: 'Create an account and sign in',
      tags: ['Sign in'],
      access: { kind: 'public', why: 'it is how one begins' },
      limit: { kind: 'throttled', key: 'signup' },
      body: SignUpBody,
      replies: {
        201: {
          schema: SignedUpReply,
          description: 'The account exists; also sets the refresh cookie and the device cookie.',
        },
      },
      refusals: [emailTaken, usernameTaken, tooManyAttempts, overloaded],
      handler: async (request, reply) => {
        const tokens = await signUp({ account: request.body, origin: originOf(request), clientId });
        return { message: 'Success' as const, ...tokensReply(tokens, reply) };
      },
    }),
    route({
      method: 'POST',
      url: '/login',
      operationId: 'logIn',
      summary: 'Sign in with e-mail and password',
      description:
        'Attempts are slowed down. A browser that sends the device cookie of an earlier login does not wait for what strangers try.',
      tags: ['Sign in'],
      access: { kind: 'public', why: 'it is how one gets in' },
      limit: { kind: 'throttled', key: 'login' },
      body: LogInBody,
      replies: {
        200: { schema: LoggedInReply, description: 'Signed in; also sets the refresh cookie and the device cookie.' },
      },
      refusals: [invalidCredentials, tooManyAttempts, overloaded],
      handler: async (request, reply) => {
        const { email: name, password } = request.body;
        const device = deviceCookie.read(request);
        const command = { name, byUsername: false, password, device, origin: originOf(request), clientId };
        return tokensReply(await logIn(command), reply);
      },
    }),
    route({
      method: 'POST',
      url: '/setup',
      operationId: 'setUp',
      summary: 'Become the first administrator',
      description: 'With the one-time token that the server printed at its start and wrote to its data directory.',
      tags: ['Sign in'],
      access: { kind: 'public', why: 'there is nobody yet; the set-up token is the proof' },
      limit: { kind: 'throttled', key: 'signup' },
      body: SetUpBody,
      replies: { 201: { schema: SignedUpReply, description: 'The administrator exists and is signed in.' } },
      refusals: [invalidSetupToken, emailTaken, usernameTaken, tooManyAttempts, overloaded],
      handler: async (request, reply) => {
        const { setup_token: setupToken, ...account } = request.body;
        const tokens = await signUp({ account, setupToken, origin: originOf(request), clientId });
        return { message: 'Success' as const, ...tokensReply(tokens, reply) };
      },
    }),
    route({
      method: 'POST',
      url: '/invitations/accept',
      operationId: 'acceptInvitation',
      summary: 'Accept an invitation and sign in',
      description:
        'With the token of the link in the mail, and a password of your own. The address is verified by it. Opening the link uses nothing up; only this does.',
      tags: ['Sign in'],
      access: { kind: 'public', why: 'it is how one begins; the token is the proof' },
      limit: { kind: 'throttled', key: 'token' },
      body: AcceptInvitationBody,
      replies: {
        200: {
          schema: LoggedInReply,
          description: 'The account is yours; also sets the refresh cookie and the device cookie.',
        },
      },
      refusals: [invalidOneTimeToken, tooManyAttempts, overloaded],
      handler: async (request, reply) => {
        const { token, new_password: newPassword } = request.body;
        return tokensReply(await acceptInvitation({ token, newPassword, origin: originOf(request), clientId }), reply);
      },
    }),
  ];
}
