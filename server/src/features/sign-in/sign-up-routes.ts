import { fromOwnPages } from '../../http/from-own-pages.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { currentPasswordWrong, invalidSetupToken } from '../accounts/index.ts';
import { proofOfAccountNeeded } from '../email-flows/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { userReply } from '../sessions/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { emailTaken, usernameTaken } from '../users/index.ts';
import type { CompleteSignUp } from './complete-sign-up.ts';
import type { TokensReply } from './replies.ts';
import {
  AccountMadeReply,
  CompleteSignUpBody,
  SetUpBody,
  SignedUpReply,
  SignUpBody,
  ToBeCompletedReply,
} from './schemas.ts';
import type { SetUp } from './set-up.ts';
import type { SignUp } from './sign-up.ts';

const signingUp = { method: 'POST', tags: ['Sign in'], limit: { kind: 'throttled', key: 'signup' } } as const;

/** The ways in which accounts begin and sign in at once. */
export const signUpRoutes = (deps: {
  signUp: SignUp;
  completeSignUp: CompleteSignUp;
  setUp: SetUp;
  tokensReply: TokensReply;
  allowedOrigins: ReadonlySet<string>;
  clientId: string;
}): readonly Route[] => [
  route({
    ...signingUp,
    url: '/signup',
    operationId: 'signUp',
    summary: 'Create an account and sign in',
    description:
      'Where the server wants proven addresses (`REQUIRE_VERIFIED_EMAIL`), nobody is signed in: the account waits for its mail (`login`), or there is none before it (`signup`), and nobody learns whether the address has one.',
    access: { kind: 'public', why: 'it is how one begins' },
    body: SignUpBody,
    replies: {
      201: {
        schema: AccountMadeReply,
        description:
          'The account exists; also sets the refresh cookie and the device cookie. Without tokens and cookies where the address must be verified first.',
      },
      202: {
        schema: ToBeCompletedReply,
        description: 'Where accounts begin with a mail: the same for a new address and for one that has an account.',
      },
    },
    refusals: [emailTaken, usernameTaken, tooManyAttempts, overloaded],
    handler: async (request, reply) => {
      const { clientId } = deps;
      const outcome = await deps.signUp({ account: request.body, origin: originOf(request), clientId });
      if (outcome.kind === 'signed-in')
        return { message: 'Success' as const, ...deps.tokensReply(outcome.tokens, reply) };
      if (outcome.kind === 'to-be-verified') {
        const message = 'A mail is on its way: verify your e-mail address, then log in.' as const;
        return { message, data: userReply(outcome.user) };
      }
      reply.code(202);
      return { message: 'A mail is on its way: it says how to go on.' as const };
    },
  }),
  fromOwnPages(
    deps,
    route({
      ...signingUp,
      url: '/signup/complete',
      operationId: 'completeSignUp',
      summary: 'Complete a sign-up that began with a mail, and sign in',
      description:
        'With the token of the mail and the `password` that was chosen at the sign-up, or a `new_password`: somebody else may have begun it with your address. Opening the link uses nothing up; only this does. A page of another site is refused.',
      access: { kind: 'public', why: 'it is how one begins; the token is the proof' },
      limit: { kind: 'throttled', key: 'made-up tokens, and passwords as at the login' },
      body: CompleteSignUpBody,
      replies: {
        201: {
          schema: SignedUpReply,
          description:
            'The account exists, its address is verified; also sets the refresh cookie and the device cookie.',
        },
      },
      refusals: [
        invalidOneTimeToken,
        proofOfAccountNeeded,
        currentPasswordWrong,
        emailTaken,
        usernameTaken,
        tooManyAttempts,
        overloaded,
      ],
      handler: async (request, reply) => {
        const { token, password, new_password: newPassword } = request.body;
        const command = { token, password, newPassword, origin: originOf(request), clientId: deps.clientId };
        const tokens = await deps.completeSignUp(command);
        return { message: 'Success' as const, ...deps.tokensReply(tokens, reply) };
      },
    }),
  ),
  route({
    ...signingUp,
    url: '/setup',
    operationId: 'setUp',
    summary: 'Become the first administrator',
    description: 'With the one-time token that the server printed at its start and wrote to its data directory.',
    access: { kind: 'public', why: 'there is nobody yet; the set-up token is the proof' },
    body: SetUpBody,
    replies: { 201: { schema: SignedUpReply, description: 'The administrator exists and is signed in.' } },
    refusals: [invalidSetupToken, emailTaken, usernameTaken, tooManyAttempts, overloaded],
    handler: async (request, reply) => {
      const { setup_token: setupToken, ...account } = request.body;
      const tokens = await deps.setUp({ account, setupToken, origin: originOf(request), clientId: deps.clientId });
      return { message: 'Success' as const, ...deps.tokensReply(tokens, reply) };
    },
  }),
];
