import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asApiKeyId, asUserId } from '../../kernel/ids.ts';
import { userHoldsMore } from '../roles/index.ts';
import { UserParams, userNotFound } from '../users/index.ts';
import { apiKeyNotFound } from './errors.ts';
import type { ListApiKeys } from './list-api-keys.ts';
import { apiKeyReply } from './replies.ts';
import type { RevokeApiKeys } from './revoke-api-keys.ts';
import { ApiKeyRevokedReply, ApiKeysReply, ApiKeysRevokedReply, UserApiKeyParams } from './schemas.ts';

const revoking = {
  tags: ['Users'],
  access: { kind: 'bearer', permission: 'api-keys:revoke', apiKeys: false },
  limit: { kind: 'none', why: 'only for holders of api-keys:revoke' },
} as const;

/** What an administrator can see and do about the keys of others. */
export const userKeyRoutes = (deps: { list: ListApiKeys; revoke: RevokeApiKeys }): readonly Route[] => [
  route({
    method: 'GET',
    url: '/users/:user_id/api-keys',
    operationId: 'listUserApiKeys',
    summary: 'The API keys of a user',
    tags: ['Users'],
    access: { kind: 'bearer', permission: 'api-keys:read', apiKeys: false },
    limit: { kind: 'none', why: 'only for holders of api-keys:read' },
    params: UserParams,
    replies: {
      200: {
        schema: ApiKeysReply,
        description: 'Those that are not revoked, newest first. Also of a user who was deleted and may be restored.',
      },
    },
    refusals: [userNotFound],
    handler: async ({ params }) => {
      const keys = await deps.list.ofUser(asUserId(Number(params.user_id)));
      return { api_keys: keys.map(apiKeyReply) };
    },
  }),
  route({
    ...revoking,
    method: 'DELETE',
    url: '/users/:user_id/api-keys/:api_key_id',
    operationId: 'revokeUserApiKey',
    summary: 'Revoke an API key of a user',
    description: 'Only of a user who holds nothing that you do not hold.',
    params: UserApiKeyParams,
    replies: { 200: { schema: ApiKeyRevokedReply, description: 'It is refused from the next request on.' } },
    refusals: [userNotFound, apiKeyNotFound, userHoldsMore],
    handler: async (request) => {
      const { user_id: user, api_key_id: key } = request.params;
      const { ip } = originOf(request);
      await deps.revoke.one({ owner: asUserId(Number(user)), id: asApiKeyId(key), by: request.principal, ip });
      return { message: 'API key revoked successfully.' as const };
    },
  }),
  route({
    ...revoking,
    method: 'DELETE',
    url: '/users/:user_id/api-keys',
    operationId: 'revokeUserApiKeys',
    summary: 'Revoke all API keys of a user',
    description: 'Only of a user who holds nothing that you do not hold. They can make others.',
    params: UserParams,
    replies: { 200: { schema: ApiKeysRevokedReply, description: 'They have no API key any more.' } },
    refusals: [userNotFound, userHoldsMore],
    handler: async (request) => {
      const owner = asUserId(Number(request.params.user_id));
      const revoked = await deps.revoke.all({ owner, by: request.principal, ip: originOf(request).ip });
      return { message: 'API keys revoked successfully.' as const, revoked };
    },
  }),
];
