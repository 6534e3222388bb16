import type { ApiCookie } from '../../http/cookies.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import type { Clock } from '../../kernel/clock.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { type RememberDevice, tooManyAttempts } from '../throttle/index.ts';
import type { AcceptInvitation } from './accept-invitation.ts';
import type { AskSignInMail } from './ask-sign-in-mail.ts';
import type { CompleteSignUp } from './complete-sign-up.ts';
import { signInByEmailRoutes } from './email-routes.ts';
import { emailNotVerified, invalidCredentials } from './errors.ts';
import { invitationRoutes } from './invitation-routes.ts';
import type { LogIn } from './log-in.ts';
import type { LogInByEmail } from './log-in-by-email.ts';
import { createTokensReply } from './replies.ts';
import { LoggedInReply, LogInBody } from './schemas.ts';
import type { SetUp } from './set-up.ts';
import type { ShowLinkAccount } from './show-link-account.ts';
import type { SignUp } from './sign-up.ts';
import { signUpRoutes } from './sign-up-routes.ts';

export interface SignInRoutesDeps {
  readonly logIn: LogIn;
  readonly signUp: SignUp;
  readonly acceptInvitation: AcceptInvitation;
  readonly completeSignUp: CompleteSignUp;
  readonly setUp: SetUp;
  readonly logInByEmail: LogInByEmail;
  readonly showLinkAccount: ShowLinkAccount;
  readonly askSignInMail: AskSignInMail;
  readonly cookie: ApiCookie;
  readonly deviceCookie: ApiCookie;
  readonly rememberDevice: RememberDevice;
  readonly clock: Clock;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly clientId: string;
}

export function signInRoutes(deps: SignInRoutesDeps): readonly Route[] {
  const { logIn, deviceCookie, clientId } = deps;
  const tokensReply = createTokensReply(deps);
  return [
    ...signUpRoutes({ ...deps, tokensReply }),
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
      refusals: [invalidCredentials, emailNotVerified, tooManyAttempts, overloaded],
      handler: async (request, reply) => {
        const { email: name, password } = request.body;
        const device = deviceCookie.read(request);
        const command = { name, byUsername: false, password, device, origin: originOf(request), clientId };
        return tokensReply(await logIn(command), reply);
      },
    }),
    ...signInByEmailRoutes({ ...deps, tokensReply }),
    ...invitationRoutes({ ...deps, tokensReply }),
  ];
}
