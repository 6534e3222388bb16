import { crossSiteRequest } from '../../http/refusals.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { invalidToken } from '../../kernel/access.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { currentPasswordWrong } from '../accounts/index.ts';
import { mailNotConfigured } from '../mail/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { emailTaken } from '../users/index.ts';
import type { AskEmailChange } from './ask-email-change.ts';
import {
  AskEmailChangeBody,
  ConfirmEmailBody,
  EmailChangeAskedReply,
  EmailChangedReply,
  EmailRestoredReply,
} from './change-schemas.ts';
import type { ConfirmEmailChange } from './confirm-email-change.ts';
import { proofOfAccountNeeded } from './errors.ts';
import { type ProofParts, proofsOf } from './replies.ts';
import { LinkBody } from './schemas.ts';
import type { UndoEmailChange } from './undo-email-change.ts';

const byLink = {
  method: 'POST',
  tags: ['E-mail'],
  access: { kind: 'public', why: 'the token is the proof' },
  limit: { kind: 'throttled', key: 'token' },
  body: LinkBody,
} as const;

export interface EmailChangeRoutesDeps extends ProofParts {
  readonly askEmailChange: AskEmailChange;
  readonly confirmEmailChange: ConfirmEmailChange;
  readonly undoEmailChange: UndoEmailChange;
}

/** How the address of an account becomes another one, and the former one again. */
export const emailChangeRoutes = (flows: EmailChangeRoutesDeps): readonly Route[] => [
  route({
    method: 'POST',
    url: '/user/email',
    operationId: 'askEmailChange',
    summary: 'Ask for another e-mail address',
    description:
      'Needs the current password. The new address gets a link, good for an hour; the present one is told. The answer is the same whether or not the new address has an account. Ending the session that has asked makes the link worthless, unless by logging out.',
    tags: ['E-mail'],
    access: { kind: 'bearer' },
    limit: { kind: 'throttled', key: 'login' },
    body: AskEmailChangeBody,
    replies: { 202: { schema: EmailChangeAskedReply, description: 'Two mails are on their way.' } },
    refusals: [currentPasswordWrong, mailNotConfigured, tooManyAttempts, overloaded],
    handler: async (request) => {
      const { email, current_password: currentPassword } = request.body;
      await flows.askEmailChange({ who: request.principal, email, currentPassword, ...originOf(request) });
      return { message: 'A link was sent to the new address. Until it is confirmed nothing changes.' as const };
    },
  }),
  route({
    ...byLink,
    url: '/email/confirm',
    operationId: 'confirmEmailChange',
    summary: 'Confirm another e-mail address',
    description:
      'With the token of the link that was sent to the new address, and a proof that the account is yours: its `password`, an access token of it, or its refresh cookie, which is not used up. All other sessions end; that which has asked goes on. The former address gets a link by which the change can be undone for seven days.',
    limit: { kind: 'throttled', key: 'made-up tokens, and passwords as at the login' },
    body: ConfirmEmailBody,
    replies: { 200: { schema: EmailChangedReply, description: 'You log in with the new address from now on.' } },
    refusals: [
      invalidOneTimeToken,
      proofOfAccountNeeded,
      currentPasswordWrong,
      invalidToken,
      crossSiteRequest,
      emailTaken,
      tooManyAttempts,
      overloaded,
    ],
    handler: async (request) => {
      const { token, password } = request.body;
      await flows.confirmEmailChange({ token, password, ...proofsOf(request, flows) });
      return { message: 'E-mail address changed successfully.' as const };
    },
  }),
  route({
    ...byLink,
    url: '/email/undo',
    operationId: 'undoEmailChange',
    summary: 'Undo a change of the e-mail address',
    description:
      'With the token of the link that was sent to the former address. It is the address of the account again; all sessions end, API keys are revoked, and the password is removed. A link to choose a new one goes to the restored address.',
    replies: { 200: { schema: EmailRestoredReply, description: 'The account is back at its former address.' } },
    refusals: [invalidOneTimeToken, emailTaken, tooManyAttempts],
    handler: async (request) => {
      await flows.undoEmailChange({ token: request.body.token, origin: originOf(request) });
      return {
        message: 'The former e-mail address is back. A link to choose a new password was sent to it.' as const,
      };
    },
  }),
];
