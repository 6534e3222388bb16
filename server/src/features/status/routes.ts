import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { statusListNotFound, tooManySubscribers } from './errors.ts';
import { streamEvents } from './event-stream.ts';
import type { Feed } from './feed.ts';
import { listNumber, listTimes } from './policy.ts';
import { StatusListParams, StatusListsReply } from './schemas.ts';
import type { StatusLists } from './status-lists.ts';

const cache = `public, max-age=${listTimes.kept / 1_000}`;

const common = {
  method: 'GET',
  tags: ['Discovery'],
  access: { kind: 'public', why: 'numbers of sessions that have ended, and of nobody whose they were' },
  anyOrigin: true,
} as const;

const cached = { kind: 'none', why: 'read once in five seconds, whoever asks' } as const;

/** How verifiers learn of revocations without asking about each token. */
export const statusRoutes = ({ lists, feed }: { lists: StatusLists; feed: Feed }): readonly Route[] => [
  route({
    ...common,
    url: '/status/lists',
    operationId: 'listStatusLists',
    summary: 'The addresses of all status lists',
    description: 'For verifiers that fetch ahead of need (draft-ietf-oauth-status-list §9).',
    limit: cached,
    cache,
    replies: { 200: { schema: StatusListsReply, description: 'Lists that a living token may point to.' } },
    refusals: [],
    handler: async () => ({ status_lists: await lists.addresses() }),
  }),
  route({
    ...common,
    url: '/status/lists/:list',
    operationId: 'getStatusList',
    summary: 'Which of 32,768 sessions have ended',
    description:
      'A signed list of one bit for each session, in the form of draft-ietf-oauth-status-list §5.1. The claim `status` of an access token says which list and which bit.',
    limit: cached,
    cache,
    params: StatusListParams,
    replies: { 200: { description: 'A JWT.', contentType: 'application/statuslist+jwt' } },
    refusals: [statusListNotFound],
    handler: async (request) => {
      const list = listNumber(request.params.list);
      if (list === undefined) throw statusListNotFound();
      return Buffer.from(await lists.get(list));
    },
  }),
  route({
    ...common,
    url: '/status/feed',
    operationId: 'followStatus',
    summary: 'Revocations as they happen',
    description:
      'Server-sent events: `hello`, `keys` and `revoked` for the last two minutes, then each within a quarter of a second; `beat` every five seconds while the server can read its database.',
    limit: { kind: 'none', why: 'so many at once, and so many from one address: `too-many-subscribers`' },
    // The answer to HEAD would never end.
    safe: false,
    replies: { 200: { description: 'A stream that ends when the server stops.', contentType: 'text/event-stream' } },
    refusals: [tooManySubscribers],
    handler: async (request, reply) => {
      const seat = feed.take(originOf(request).ip);
      reply.raw.once('close', seat.leave);
      await seat.ready();
      reply.hijack();
      seat.join(streamEvents(reply.raw, reply.getHeaders()));
    },
  }),
];
