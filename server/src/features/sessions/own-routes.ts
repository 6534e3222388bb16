import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asSessionId, type UserId } from '../../kernel/ids.ts';
import type { EndOwnSessions } from './end-own-sessions.ts';
import { sessionNotFound } from './errors.ts';
import type { OwnSession } from './own-session.ts';
import { sessionReply } from './replies.ts';
import { SessionEndedReply, SessionParams, SessionsEndedReply, SessionsReply } from './schemas.ts';

const common = {
  tags: ['Sessions'],
  access: { kind: 'bearer' },
  limit: { kind: 'none', why: "only one's own sessions, by an index" },
} as const;

/** What a signed-in user can see and do about the sessions of their own. */
export function ownSessionRoutes(deps: {
  listOwn: (user: UserId) => Promise<OwnSession[]>;
  endOwn: EndOwnSessions;
}): readonly Route[] {
  const { listOwn, endOwn } = deps;
  return [
    route({
      ...common,
      method: 'GET',
      url: '/sessions',
      operationId: 'listSessions',
      summary: 'Where you are signed in',
      replies: { 200: { schema: SessionsReply, description: 'Living sessions, newest first.' } },
      refusals: [],
      handler: async ({ principal }) => {
        const sessions = await listOwn(principal.userId);
        return { sessions: sessions.map((session) => sessionReply(session, principal.sessionId)) };
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      url: '/sessions/:session_id',
      operationId: 'endSession',
      summary: 'End one of your sessions',
      params: SessionParams,
      replies: { 200: { schema: SessionEndedReply, description: 'Its tokens are dead.' } },
      refusals: [sessionNotFound],
      handler: async (request) => {
        const session = asSessionId(request.params.session_id);
        await endOwn.one(request.principal, session, originOf(request));
        return { message: 'Session ended successfully.' as const };
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      url: '/sessions',
      operationId: 'endOtherSessions',
      summary: 'End all your other sessions',
      replies: { 200: { schema: SessionsEndedReply, description: 'Only the session of this request is left.' } },
      refusals: [],
      handler: async (request) => {
        const ended = await endOwn.others(request.principal, originOf(request));
        return { message: 'Sessions ended successfully.' as const, ended };
      },
    }),
  ];
}
