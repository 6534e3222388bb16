import { Readable } from 'node:stream';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asUserId } from '../../kernel/ids.ts';
import { userHoldsMore } from '../roles/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { UserParams, userNotFound } from '../users/index.ts';
import type { ExportUser } from './export-user.ts';
import type { PurgeUser } from './purge-user.ts';
import { UserPurgedReply } from './schemas.ts';

/** What is held on a person: to be had by themselves, to be erased by those who may. */
export const personalDataRoutes = (personalData: { exportUser: ExportUser; purge: PurgeUser }): readonly Route[] => [
  route({
    method: 'GET',
    url: '/user/export',
    operationId: 'exportCurrentUser',
    summary: 'All that is held on you',
    description:
      'One JSON object with a member for each kind of data: `user`, `roles`, `password` (since when, never the hash), `sessions`, `api_keys` (never the keys), `audit_events`. It comes in pieces, however long it is, and the record says that it was asked for.',
    tags: ['Account'],
    access: { kind: 'bearer' },
    limit: { kind: 'throttled', key: 'export' },
    // It leaves an event in the record.
    safe: false,
    replies: { 200: { description: 'A JSON object, as a file.', contentType: 'application/json' } },
    refusals: [tooManyAttempts],
    handler: async (request, reply) => {
      const { principal: by } = request;
      const pieces = await personalData.exportUser({ id: by.userId, by, ip: originOf(request).ip });
      reply.header('content-disposition', 'attachment; filename="keyward-export.json"');
      return reply.send(Readable.from(pieces));
    },
  }),
  route({
    method: 'POST',
    url: '/users/:user_id/purge',
    operationId: 'purgeUser',
    summary: 'Erase a deleted user for good',
    description:
      'Names, e-mail address, password, roles, API keys, where their sessions came from, and the addresses and notes in the audit record are erased; the id stays and is never used again. Nobody can restore them. Only a user who is deleted and holds nothing that you do not hold.',
    tags: ['Users'],
    access: { kind: 'bearer', permission: 'users:purge' },
    limit: { kind: 'none', why: 'only for holders of users:purge' },
    params: UserParams,
    replies: { 200: { schema: UserPurgedReply, description: 'Only the id is left.' } },
    refusals: [userNotFound, userHoldsMore],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      await personalData.purge({ id, by: request.principal, ip: originOf(request).ip });
      return { message: 'User purged successfully.' as const };
    },
  }),
];
