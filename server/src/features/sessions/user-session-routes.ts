import type { FastifyRequest } from 'fastify';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asSessionId, asUserId } from '../../kernel/ids.ts';
import type { Principal } from '../../kernel/principal.ts';
import { userHoldsMore } from '../roles/index.ts';
import { UserParams, userNotFound } from '../users/index.ts';
import { sessionNotFound } from './errors.ts';
import { sessionReply } from './replies.ts';
import { SessionEndedReply, SessionsEndedReply, SessionsReply, UserSessionParams } from './schemas.ts';
import type { UserSessions } from './user-sessions.ts';

const read = {
  tags: ['Users'],
  access: { kind: 'bearer', permission: 'sessions:read' },
  limit: { kind: 'none', why: 'only for holders of sessions:read' },
} as const;

const end = {
  tags: ['Users'],
  access: { kind: 'bearer', permission: 'sessions:end' },
  limit: { kind: 'none', why: 'only for holders of sessions:end' },
} as const;

/** What an administrator can see and do about the sessions of others. */
export const userSessionRoutes = ({ ofUser }: { ofUser: UserSessions }): readonly Route[] => [
  route({
    ...read,
    method: 'GET',
    url: '/users/:user_id/sessions',
    operationId: 'listUserSessions',
    summary: 'Where a user is signed in',
    params: UserParams,
    replies: { 200: { schema: SessionsReply, description: 'Living sessions, newest first.' } },
    refusals: [userNotFound],
    handler: async ({ params, principal }) => {
      const sessions = await ofUser.list(asUserId(Number(params.user_id)));
      return { sessions: sessions.map((session) => sessionReply(session, principal.sessionId)) };
    },
  }),
  route({
    ...end,
    method: 'DELETE',
    url: '/users/:user_id/sessions/:session_id',
    operationId: 'endUserSession',
    summary: 'End a session of a user',
    description: 'Only of a user who holds nothing that you do not hold.',
    params: UserSessionParams,
    replies: { 200: { schema: SessionEndedReply, description: 'Its tokens are dead.' } },
    refusals: [userNotFound, sessionNotFound, userHoldsMore],
    handler: async (request) => {
      const { user_id: user, session_id: session } = request.params;
      await ofUser.endOne({ user: asUserId(Number(user)), session: asSessionId(session), ...whoAsks(request) });
      return { message: 'Session ended successfully.' as const };
    },
  }),
  route({
    ...end,
    method: 'DELETE',
    url: '/users/:user_id/sessions',
    operationId: 'endUserSessions',
    summary: 'End all sessions of a user',
    description: 'Only of a user who holds nothing that you do not hold. They can log in again.',
    params: UserParams,
    replies: { 200: { schema: SessionsEndedReply, description: 'All their tokens are dead.' } },
    refusals: [userNotFound, userHoldsMore],
    handler: async (request) => {
      const ended = await ofUser.endAll({ user: asUserId(Number(request.params.user_id)), ...whoAsks(request) });
      return { message: 'Sessions ended successfully.' as const, ended };
    },
  }),
];

const whoAsks = (request: FastifyRequest & { principal: Principal }) => ({
  by: request.principal,
  ip: originOf(request).ip,
});
