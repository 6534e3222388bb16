import { fromOwnPages } from '../../http/from-own-pages.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { ChoosePasswordBody } from '../email-flows/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import type { AcceptInvitation } from './accept-invitation.ts';
import type { TokensReply } from './replies.ts';
import { LoggedInReply } from './schemas.ts';

export interface InvitationRoutesDeps {
  readonly acceptInvitation: AcceptInvitation;
  readonly tokensReply: TokensReply;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly clientId: string;
}

/** How somebody comes in for whom an account was made. */
export const invitationRoutes = (deps: InvitationRoutesDeps): readonly Route[] => [
  fromOwnPages(
    deps,
    route({
      method: 'POST',
      url: '/invitations/accept',
      operationId: 'acceptInvitation',
      summary: 'Accept an invitation and sign in',
      description:
        'With the token of the link in the mail, and a password of your own. The address is verified by it. Opening the link uses nothing up; only this does. A page of another site is refused.',
      tags: ['Sign in'],
      access: { kind: 'public', why: 'it is how one begins; the token is the proof' },
      limit: { kind: 'throttled', key: 'token' },
      body: ChoosePasswordBody,
      replies: {
        200: {
          schema: LoggedInReply,
          description: 'The account is yours; also sets the refresh cookie and the device cookie.',
        },
      },
      refusals: [invalidOneTimeToken, tooManyAttempts, overloaded],
      handler: async (request, reply) => {
        const { token, new_password: newPassword } = request.body;
        return deps.tokensReply(
          await deps.acceptInvitation({ token, newPassword, origin: originOf(request), clientId: deps.clientId }),
          reply,
        );
      },
    }),
  ),
];
