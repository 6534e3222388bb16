import { crossSiteRequest } from '../../http/refusals.ts';
import { type Route, route } from '../../http/route.ts';
import { invalidToken } from '../../kernel/access.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { currentPasswordWrong } from '../accounts/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { askMailRoute } from './ask-mail-routes.ts';
import type { AskProof } from './ask-proof.ts';
import { proofOfAccountNeeded } from './errors.ts';
import { type ProofParts, proofsOf } from './replies.ts';
import { EmailVerifiedReply, VerifyEmailBody } from './schemas.ts';
import type { VerifyEmail } from './verify-email.ts';

export interface EmailFlowRoutesDeps extends ProofParts {
  readonly askProof: AskProof;
  readonly verifyEmail: VerifyEmail;
}

export const emailFlowRoutes = (deps: EmailFlowRoutesDeps): readonly Route[] => [
  askMailRoute({
    url: '/email/verification',
    operationId: 'askVerification',
    summary: 'Ask for a mail that verifies an address',
    description:
      'A newer mail makes the links of older ones worthless. The answer is the same for every address, and takes the same time.',
    tags: ['E-mail'],
    why: 'who is not let in before the address is verified cannot sign in to ask',
    message: 'If this address waits to be verified, a mail is on its way.',
    meaning: 'A mail goes out if an account with this address waits to be verified.',
    ask: (email, origin) => deps.askProof({ purpose: 'verify-email', email, origin }),
  }),
  route({
    method: 'POST',
    url: '/email/verify',
    operationId: 'verifyEmail',
    summary: 'Verify an e-mail address',
    description:
      'With the token of the mail, and a proof that the account is yours: its `password`, an access token of it, or its refresh cookie, which is not used up; then all stays as it is. Or with a `new_password`: then earlier sessions, passwords and API keys are worth nothing any more. Opening the link uses nothing up; only this does.',
    tags: ['E-mail'],
    access: { kind: 'public', why: 'the token is the proof' },
    limit: { kind: 'throttled', key: 'made-up tokens, and passwords as at the login' },
    body: VerifyEmailBody,
    replies: { 200: { schema: EmailVerifiedReply, description: 'The address is verified.' } },
    refusals: [
      invalidOneTimeToken,
      proofOfAccountNeeded,
      currentPasswordWrong,
      invalidToken,
      crossSiteRequest,
      tooManyAttempts,
      overloaded,
    ],
    handler: async (request) => {
      const { token, password, new_password: newPassword } = request.body;
      await deps.verifyEmail({ token, password, newPassword, ...proofsOf(request, deps) });
      return { message: 'E-mail address verified successfully.' as const };
    },
  }),
];
