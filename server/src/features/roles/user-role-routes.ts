import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { insufficientPermission } from '../../kernel/access.ts';
import { asRoleId, asUserId } from '../../kernel/ids.ts';
import { UserParams, userNotFound } from '../users/index.ts';
import { lastAdmin, permissionNotHeld, rolesChanged, userHoldsMore } from './errors.ts';
import type { ExplainPermission } from './explain-permission.ts';
import type { ReadRoles } from './read-roles.ts';
import type { ReplaceUserRoles } from './replace-user-roles.ts';
import { roleReply } from './replies.ts';
import {
  ExplanationReply,
  ReplaceUserRolesBody,
  UserPermissionParams,
  UserRolesReplacedReply,
  UserRolesReply,
} from './schemas.ts';

const read = {
  method: 'GET',
  tags: ['Roles'],
  access: { kind: 'bearer', apiKeys: true },
  limit: { kind: 'none', why: "one's own, or only for holders of roles:read" },
} as const;

export const userRoleRoutes = (roles: {
  readonly read: ReadRoles;
  readonly replaceUserRoles: ReplaceUserRoles;
  readonly explainPermission: ExplainPermission;
}): readonly Route[] => [
  route({
    ...read,
    url: '/users/:user_id/roles',
    operationId: 'listUserRoles',
    summary: 'The roles of a user',
    description: "One's own; with the permission `roles:read` those of any user.",
    params: UserParams,
    replies: { 200: { schema: UserRolesReply, description: 'In the order of their ids, with what each holds.' } },
    refusals: [insufficientPermission, userNotFound],
    handler: async ({ params, principal }) => {
      const found = await roles.read.ofUser({ user: asUserId(Number(params.user_id)), by: principal });
      return { roles: found.map(roleReply) };
    },
  }),
  route({
    method: 'PUT',
    url: '/users/:user_id/roles',
    operationId: 'replaceUserRoles',
    summary: 'Give a user these roles and no others',
    description:
      'By the ids of the roles, which are never used twice. It holds from the next request of the user on. You must hold all that the roles you give hold, and all that the user holds.',
    tags: ['Roles'],
    access: { kind: 'bearer', permission: 'roles:assign' },
    limit: { kind: 'none', why: 'only for holders of roles:assign' },
    params: UserParams,
    body: ReplaceUserRolesBody,
    replies: { 200: { schema: UserRolesReplacedReply, description: 'What they have now, and what changed by this.' } },
    refusals: [userNotFound, userHoldsMore, permissionNotHeld, rolesChanged, lastAdmin],
    handler: async (request) => {
      const { params, body } = request;
      const replaced = await roles.replaceUserRoles({
        user: asUserId(Number(params.user_id)),
        roles: body.roles.map(asRoleId),
        expected: body.expected?.map(asRoleId),
        by: request.principal,
        ip: originOf(request).ip,
      });
      return {
        message: 'Roles replaced successfully.' as const,
        roles: replaced.roles.map(roleReply),
        given: replaced.given.map(({ name }) => name),
        taken: replaced.taken.map(({ name }) => name),
      };
    },
  }),
  route({
    ...read,
    url: '/users/:user_id/permissions/:permission',
    operationId: 'explainPermission',
    summary: 'Whether a user may do something, and why',
    description: 'About oneself; with the permission `roles:read` about any user, also one who is disabled or deleted.',
    params: UserPermissionParams,
    replies: { 200: { schema: ExplanationReply, description: 'As it stands now.' } },
    refusals: [insufficientPermission, userNotFound],
    handler: async ({ params, principal }) => {
      const { user_id, permission } = params;
      const user = asUserId(Number(user_id));
      const { givenBy, ...explanation } = await roles.explainPermission({ user, permission, by: principal });
      const given_by = givenBy.map(({ id, name, builtIn }) => ({ id, name, built_in: builtIn }));
      return { user_id: user, permission, ...explanation, given_by };
    },
  }),
];
