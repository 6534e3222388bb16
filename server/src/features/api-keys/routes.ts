import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asApiKeyId } from '../../kernel/ids.ts';
import { permissionNotHeld } from '../roles/index.ts';
import type { CreateApiKey } from './create-api-key.ts';
import { apiKeyNotFound, tooManyApiKeys } from './errors.ts';
import type { ListApiKeys } from './list-api-keys.ts';
import { apiKeyReply } from './replies.ts';
import type { RevokeApiKeys } from './revoke-api-keys.ts';
import {
  ApiKeyCreatedReply,
  ApiKeyParams,
  ApiKeyReply,
  ApiKeyRevokedReply,
  ApiKeysReply,
  ApiKeysRevokedReply,
  CreateApiKeyBody,
} from './schemas.ts';

/** Seeing and revoking one's own needs no permission: whoever lost `api-keys:write` must still be able to clear up. */
const own = {
  tags: ['API keys'],
  access: { kind: 'bearer' },
  limit: { kind: 'none', why: "only one's own keys, by an index" },
} as const;

/** What people do about keys of their own. No key can call these: one that leaked could else give itself successors. */
export const apiKeyRoutes = (deps: {
  create: CreateApiKey;
  list: ListApiKeys;
  revoke: RevokeApiKeys;
}): readonly Route[] => [
  route({
    method: 'POST',
    url: '/api-keys',
    operationId: 'createApiKey',
    summary: 'Make an API key',
    description:
      'For programs. It acts for you, with the permissions that you give it, as long as you hold them yourself. The key is in this answer and nowhere else.',
    tags: ['API keys'],
    access: { kind: 'bearer', permission: 'api-keys:write', apiKeys: false },
    limit: { kind: 'none', why: 'only for holders of api-keys:write, and so many per user' },
    body: CreateApiKeyBody,
    replies: { 201: { schema: ApiKeyCreatedReply, description: 'The key, shown once.' } },
    refusals: [permissionNotHeld, tooManyApiKeys],
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { name, description = '', permissions, expires_in_days: expiresInDays } = request.body;
      const { userId: owner } = request.principal;
      const command = { owner, name, description, permissions, expiresInDays };
      const { ip } = originOf(request);
      const { key, text } = await deps.create({ ...command, by: request.principal, ip });
      return { ...apiKeyReply(key), key: text.reveal() };
    },
  }),
  route({
    ...own,
    method: 'GET',
    url: '/api-keys',
    operationId: 'listApiKeys',
    summary: 'Your API keys',
    replies: { 200: { schema: ApiKeysReply, description: 'Those that are not revoked, newest first.' } },
    refusals: [],
    handler: async ({ principal }) => ({ api_keys: (await deps.list.own(principal.userId)).map(apiKeyReply) }),
  }),
  route({
    ...own,
    method: 'GET',
    url: '/api-keys/:api_key_id',
    operationId: 'getApiKey',
    summary: 'One of your API keys',
    params: ApiKeyParams,
    replies: { 200: { schema: ApiKeyReply, description: 'All that is known of it but the key.' } },
    refusals: [apiKeyNotFound],
    handler: async ({ params, principal }) =>
      apiKeyReply(await deps.list.oneOfOwn(principal.userId, asApiKeyId(params.api_key_id))),
  }),
  route({
    ...own,
    method: 'DELETE',
    url: '/api-keys/:api_key_id',
    operationId: 'revokeApiKey',
    summary: 'Revoke one of your API keys',
    params: ApiKeyParams,
    replies: { 200: { schema: ApiKeyRevokedReply, description: 'It is refused from the next request on.' } },
    refusals: [apiKeyNotFound],
    handler: async (request) => {
      const { principal: by, params } = request;
      const id = asApiKeyId(params.api_key_id);
      await deps.revoke.one({ owner: by.userId, id, by, ip: originOf(request).ip });
      return { message: 'API key revoked successfully.' as const };
    },
  }),
  route({
    ...own,
    method: 'DELETE',
    url: '/api-keys',
    operationId: 'revokeApiKeys',
    summary: 'Revoke all your API keys',
    replies: { 200: { schema: ApiKeysRevokedReply, description: 'You have no API key any more.' } },
    refusals: [],
    handler: async (request) => {
      const { principal: by } = request;
      const revoked = await deps.revoke.all({ owner: by.userId, by, ip: originOf(request).ip });
      return { message: 'API keys revoked successfully.' as const, revoked };
    },
  }),
];
