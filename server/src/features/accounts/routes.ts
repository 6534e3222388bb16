import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { insufficientPermission } from '../../kernel/access.ts';
import { asUserId } from '../../kernel/ids.ts';
import { lastAdmin } from '../roles/index.ts';
import { userNotFound } from '../users/index.ts';
import type { DeleteAccount } from './delete-account.ts';
import { DeleteUserParams, UserDeletedReply } from './schemas.ts';

export const accountRoutes = (accounts: { delete: DeleteAccount }): readonly Route[] => [
  route({
    method: 'DELETE',
    url: '/users/:user_id',
    operationId: 'deleteUser',
    summary: 'Delete a user (soft)',
    description: "One's own account, or any with the permission `users:delete`. All sessions and tokens die at once.",
    tags: ['Users'],
    access: { kind: 'bearer' },
    limit: { kind: 'none', why: 'one may delete oneself once; others only with users:delete' },
    params: DeleteUserParams,
    replies: { 200: { schema: UserDeletedReply, description: 'The user is gone; an operator can restore them.' } },
    refusals: [insufficientPermission, userNotFound, lastAdmin],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      await accounts.delete({ id, by: request.principal.userId, ip: originOf(request).ip });
      return { message: 'User deleted successfully.' as const };
    },
  }),
];
