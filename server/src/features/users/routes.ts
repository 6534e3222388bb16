import { type Route, route } from '../../http/route.ts';
import { iso } from '../../kernel/clock.ts';
import { CurrentUserReply } from './schemas.ts';

export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/user',
    operationId: 'getCurrentUser',
    summary: 'The signed-in user',
    tags: ['Users'],
    access: { kind: 'bearer' },
    limit: { kind: 'none', why: 'one indexed read; an unknown token is refused before it' },
    replies: { 200: { schema: CurrentUserReply, description: 'Whose token it is.' } },
    refusals: [],
    handler: ({ principal }) => ({
      id: principal.userId,
      username: principal.username,
      email: principal.email,
      email_verified: principal.emailVerified,
      created_at: iso(principal.createdAt),
    }),
  }),
];
