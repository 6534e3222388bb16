import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { insufficientPermission } from '../../kernel/access.ts';
import { asUserId } from '../../kernel/ids.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { lastAdmin, userHoldsMore } from '../roles/index.ts';
import { type RememberDevice, tooManyAttempts } from '../throttle/index.ts';
import { UserParams, userNotFound } from '../users/index.ts';
import type { ChangePassword } from './change-password.ts';
import type { DeleteAccount } from './delete-account.ts';
import type { DisableAccount } from './disable-account.ts';
import { currentPasswordWrong } from './errors.ts';
import {
  ChangePasswordBody,
  DisableBody,
  PasswordChangedReply,
  UserDeletedReply,
  UserDisabledReply,
  UserEnabledReply,
} from './schemas.ts';

const disabling = {
  method: 'POST',
  tags: ['Users'],
  access: { kind: 'bearer', permission: 'users:disable' },
  limit: { kind: 'none', why: 'only for holders of users:disable' },
  params: UserParams,
} as const;

export const accountRoutes = (accounts: {
  delete: DeleteAccount;
  disabling: DisableAccount;
  changePassword: ChangePassword;
  rememberDevice: RememberDevice;
}): readonly Route[] => [
  route({
    method: 'DELETE',
    url: '/users/:user_id',
    operationId: 'deleteUser',
    summary: 'Delete a user (soft)',
    description:
      "One's own account; with the permission `users:delete` that of any user who holds nothing that you do not hold. All sessions and tokens die at once.",
    tags: ['Users'],
    access: { kind: 'bearer', apiKeys: true },
    limit: { kind: 'none', why: 'one may delete oneself once; others only with users:delete' },
    params: UserParams,
    replies: {
      200: {
        schema: UserDeletedReply,
        description: 'The user is gone; an administrator can restore them for a while.',
      },
    },
    refusals: [insufficientPermission, userNotFound, userHoldsMore, lastAdmin],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      await accounts.delete({ id, by: request.principal, ip: originOf(request).ip });
      return { message: 'User deleted successfully.' as const };
    },
  }),
  route({
    ...disabling,
    url: '/users/:user_id/disable',
    operationId: 'disableUser',
    summary: 'Disable a user',
    description:
      'Only a user who holds nothing that you do not hold. All their sessions and tokens die at once, and they cannot log in, until `until` or until somebody enables them. A user who is disabled already stays so, with the reason and end of this request.',
    body: DisableBody,
    bodyOptional: true,
    replies: { 200: { schema: UserDisabledReply, description: 'The user is shut out.' } },
    refusals: [userNotFound, userHoldsMore, lastAdmin],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      const { reason, until } = request.body ?? {};
      await accounts.disabling.disable({
        id,
        by: request.principal,
        ip: originOf(request).ip,
        reason,
        until: until === undefined ? undefined : Date.parse(until),
      });
      return { message: 'User disabled successfully.' as const };
    },
  }),
  route({
    ...disabling,
    url: '/users/:user_id/enable',
    operationId: 'enableUser',
    summary: 'Enable a disabled user',
    description: 'They can log in again; the sessions that were ended stay so.',
    replies: { 200: { schema: UserEnabledReply, description: 'The user can log in.' } },
    refusals: [userNotFound, userHoldsMore],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      await accounts.disabling.enable({ id, by: request.principal, ip: originOf(request).ip });
      return { message: 'User enabled successfully.' as const };
    },
  }),
  route({
    method: 'POST',
    url: '/user/password',
    operationId: 'changePassword',
    summary: 'Change your password',
    description:
      'Needs the current one. All your other sessions end; this one goes on with its tokens. Device cookies of before are worth nothing any more; this browser gets another.',
    tags: ['Account'],
    access: { kind: 'bearer' },
    limit: { kind: 'throttled', key: 'login' },
    body: ChangePasswordBody,
    replies: { 200: { schema: PasswordChangedReply, description: 'The new password holds; other sessions are over.' } },
    refusals: [currentPasswordWrong, tooManyAttempts, overloaded],
    handler: async (request, reply) => {
      const { current_password: currentPassword, new_password: newPassword } = request.body;
      const proven = await accounts.changePassword({
        who: request.principal,
        currentPassword,
        newPassword,
        ...originOf(request),
      });
      accounts.rememberDevice(reply, proven);
      return { message: 'Password changed successfully.' as const };
    },
  }),
];
