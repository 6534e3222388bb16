import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asUserId } from '../../kernel/ids.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { mailNotConfigured } from '../mail/index.ts';
import { invalidOneTimeToken } from '../one-time-codes/index.ts';
import { userHoldsMore } from '../roles/index.ts';
import { type RememberDevice, tooManyAttempts } from '../throttle/index.ts';
import { UserParams, userNotFound } from '../users/index.ts';
import { askMailRoute, toActiveAccount } from './ask-mail-routes.ts';
import type { AskProof } from './ask-proof.ts';
import { userDisabled } from './errors.ts';
import type { ResetPassword } from './reset-password.ts';
import { ChoosePasswordBody, PasswordResetReply, ResetStartedReply } from './schemas.ts';
import type { StartReset } from './start-reset.ts';

/** How a forgotten password is replaced. */
export const passwordResetRoutes = (flows: {
  askProof: AskProof;
  resetPassword: ResetPassword;
  startReset: StartReset;
  rememberDevice: RememberDevice;
}): readonly Route[] => [
  askMailRoute({
    ...toActiveAccount,
    url: '/password/forgot',
    operationId: 'forgotPassword',
    summary: 'Ask for a mail to reset a forgotten password',
    description:
      'Answers alike whether or not there is an account with this address. A newer mail makes the older ones worthless.',
    tags: ['Account'],
    why: 'who has forgotten the password cannot sign in',
    ask: (email, origin) => flows.askProof({ purpose: 'reset-password', email, origin }),
  }),
  route({
    method: 'POST',
    url: '/password/reset',
    operationId: 'resetPassword',
    summary: 'Set a new password with the token of a mail',
    description:
      'All sessions end, and nobody is signed in. Device cookies of before are worth nothing any more; this browser gets another, so that its login does not wait for what strangers tried. A password that is refused leaves the token good. Where the address was not verified, it is now, and API keys are revoked too: whoever made the account may have been somebody else.',
    tags: ['Account'],
    access: { kind: 'public', why: 'the token of the mail is the proof' },
    limit: { kind: 'throttled', key: 'made-up tokens' },
    body: ChoosePasswordBody,
    replies: { 200: { schema: PasswordResetReply, description: 'The new password holds; all sessions are over.' } },
    refusals: [invalidOneTimeToken, tooManyAttempts, overloaded],
    handler: async (request, reply) => {
      const { token, new_password: newPassword } = request.body;
      flows.rememberDevice(reply, await flows.resetPassword({ token, newPassword, origin: originOf(request) }));
      return { message: 'Password reset successfully.' as const };
    },
  }),
  route({
    method: 'POST',
    url: '/users/:user_id/password-reset',
    operationId: 'startPasswordReset',
    summary: 'Send a user the mail to reset their password',
    description:
      'Only to a user who holds nothing that you do not hold. The old password holds and sessions go on until a new one is chosen; nobody else ever knows it.',
    tags: ['Users'],
    access: { kind: 'bearer', permission: 'users:write' },
    limit: { kind: 'throttled', key: 'mail' },
    params: UserParams,
    replies: { 202: { schema: ResetStartedReply, description: 'The mail is in the outbox.' } },
    refusals: [mailNotConfigured, userNotFound, userHoldsMore, userDisabled, tooManyAttempts],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      await flows.startReset.mail({ id, by: request.principal, ip: originOf(request).ip });
      return { message: 'The mail is on its way.' as const };
    },
  }),
];
