import { fromOwnPages } from '../../http/from-own-pages.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { askMailRoute, LinkBody, toActiveAccount } from '../email-flows/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import type { AskSignInMail } from './ask-sign-in-mail.ts';
import { signInByEmailOff } from './errors.ts';
import type { LogInByEmail } from './log-in-by-email.ts';
import type { TokensReply } from './replies.ts';
import { EmailProofBody, LinkAccountReply, LoggedInReply } from './schemas.ts';
import type { ShowLinkAccount } from './show-link-account.ts';

export interface SignInByEmailRoutesDeps {
  readonly askSignInMail: AskSignInMail;
  readonly logInByEmail: LogInByEmail;
  readonly showLinkAccount: ShowLinkAccount;
  readonly tokensReply: TokensReply;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly clientId: string;
}

/** Signing in by a mail, without a password. */
export function signInByEmailRoutes(deps: SignInByEmailRoutesDeps): readonly Route[] {
  const { askSignInMail, logInByEmail, showLinkAccount, tokensReply, clientId } = deps;
  return [
    askMailRoute({
      ...toActiveAccount,
      url: '/login/email',
      operationId: 'askSignInMail',
      summary: 'Ask for a mail to sign in with',
      description:
        'It holds a link and a code of six digits; one of the two is needed, within ten minutes. Answers alike whether or not there is an account with this address. A newer mail makes the older ones worthless.',
      tags: ['Sign in'],
      why: 'it is how one begins to sign in',
      refusals: [signInByEmailOff],
      ask: askSignInMail,
    }),
    route({
      method: 'POST',
      url: '/login/email/account',
      operationId: 'showLinkAccount',
      summary: 'See whose account a link signs in to',
      description:
        'For the page that the link opens, so that its visitor sees before they go on whether it is theirs: the link may be that of somebody else, who has sent it on. Uses nothing up.',
      tags: ['Sign in'],
      access: { kind: 'public', why: 'the token is the proof; whoever has it can sign in' },
      limit: { kind: 'throttled', key: 'made-up tokens' },
      body: LinkBody,
      replies: {
        200: { schema: LinkAccountReply, description: 'The link is good, and the account has this address.' },
      },
      refusals: [signInByEmailOff, invalidOneTimeToken, tooManyAttempts],
      handler: (request) => showLinkAccount({ token: request.body.token, ip: originOf(request).ip }),
    }),
    fromOwnPages(
      deps,
      route({
        method: 'POST',
        url: '/login/email/verify',
        operationId: 'logInByEmail',
        summary: 'Sign in with the link or the code of a mail',
        description:
          'Takes the `token` of the link, or `email` and `code`. Five tries are heard for a code, and tries are slowed down across codes; the link is good all the same. A page of another site is refused. Where the address was not verified, it is now, and whatever others may know of the account dies: its password, sessions and API keys.',
        tags: ['Sign in'],
        access: { kind: 'public', why: 'what was in the mail is the proof' },
        limit: { kind: 'throttled', key: 'code' },
        body: EmailProofBody,
        replies: {
          200: {
            schema: LoggedInReply,
            description: 'Signed in; also sets the refresh cookie, and the device cookie where there is a password.',
          },
        },
        refusals: [signInByEmailOff, invalidOneTimeToken, tooManyAttempts],
        handler: async (request, reply) => {
          const command = { proof: request.body, origin: originOf(request), clientId };
          return tokensReply(await logInByEmail(command), reply);
        },
      }),
    ),
  ];
}
