import { type Route, route } from '../../http/route.ts';
import type { Static } from '../../http/schema.ts';
import { asUserId } from '../../kernel/ids.ts';
import { invalidCursor } from '../../kernel/invalid-cursor.ts';
import { UserParams, userNotFound } from '../users/index.ts';
import { listNotOffered } from './errors.ts';
import type { ListUsers, ListUsersCommand } from './list-users.ts';
import { userRecordReply } from './replies.ts';
import { ShownUser, UserListQuery, UserListReply } from './schemas.ts';
import type { ShowUser } from './show-user.ts';

const reading = {
  method: 'GET',
  tags: ['Users'],
  access: { kind: 'bearer', permission: 'users:read' },
  limit: { kind: 'none', why: 'only for holders of users:read; each page is a few ranges of an index' },
} as const;

const defaultLimit = 50;

/** The users, for those who look after them. */
export const directoryRoutes = (directory: { list: ListUsers; show: ShowUser }): readonly Route[] => [
  route({
    ...reading,
    url: '/users',
    operationId: 'listUsers',
    summary: 'List and search users',
    description:
      'A page at a time: send `next_cursor` back as `cursor` until it is null. Search by one of `id`, `email`, `username`, `role`, with or without a `status`; a time of creation goes with the sort `created`. A page of a role may be short without being the last. Fields that you may not see are not there.',
    query: UserListQuery,
    replies: { 200: { schema: UserListReply, description: 'One page.' } },
    refusals: [listNotOffered, invalidCursor],
    handler: async ({ query, principal: by }) => {
      const { users, nextCursor } = await directory.list({ ...commandOf(query), by });
      const told = users.map((user) => userRecordReply(asUserId(user.id ?? 0), user));
      return { users: told, next_cursor: nextCursor ?? null };
    },
  }),
  route({
    ...reading,
    url: '/users/:user_id',
    operationId: 'getUser',
    summary: 'See a user',
    description: 'Also a deleted one. Fields that you may not see are not there.',
    params: UserParams,
    replies: { 200: { schema: ShownUser, description: 'What you may see of them.' } },
    refusals: [userNotFound],
    handler: async ({ params, principal: by }) => {
      const id = asUserId(Number(params.user_id));
      return userRecordReply(id, await directory.show(id, by));
    },
  }),
];

function commandOf(query: Static<typeof UserListQuery>): Omit<ListUsersCommand, 'by'> {
  const { status, id, email, username, role, cursor, created_after: after, created_before: before } = query;
  return {
    status: status ?? 'living',
    id: id === undefined ? undefined : asUserId(Number(id)),
    email,
    username,
    role,
    createdAfter: after === undefined ? undefined : Date.parse(after),
    createdBefore: before === undefined ? undefined : Date.parse(before),
    sort: query.sort?.replace('-', '') as ListUsersCommand['sort'],
    descending: query.sort?.startsWith('-') ?? false,
    limit: Number(query.limit ?? defaultLimit),
    cursor,
  };
}
