import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asRoleId } from '../../kernel/ids.ts';
import type { CreateRole } from './create-role.ts';
import type { DeleteRole } from './delete-role.ts';
import {
  builtInRole,
  permissionNotHeld,
  roleChanged,
  roleExists,
  roleHoldsMore,
  roleNotFound,
  userHoldsMore,
} from './errors.ts';
import type { PreviewRole } from './preview-role.ts';
import type { ReadRoles } from './read-roles.ts';
import { pageOf, roleReply } from './replies.ts';
import {
  CreateRoleBody,
  DeleteRoleQuery,
  PreviewRoleBody,
  RoleChangedReply,
  RoleCreatedReply,
  RoleDeletedReply,
  RoleParams,
  RolePreviewReply,
  RoleReply,
  RolesQuery,
  RolesReply,
  UpdateRoleBody,
} from './schemas.ts';
import type { UpdateRole } from './update-role.ts';

const read = {
  tags: ['Roles'],
  access: { kind: 'bearer', permission: 'roles:read' },
  limit: { kind: 'none', why: 'only for holders of roles:read' },
} as const;

const write = {
  tags: ['Roles'],
  access: { kind: 'bearer', permission: 'roles:write' },
  limit: { kind: 'none', why: 'only for holders of roles:write' },
} as const;

const pageSize = 100;

const idOf = (params: { role_id: string }) => asRoleId(Number(params.role_id));

export const roleRoutes = (roles: {
  readonly read: ReadRoles;
  readonly createRole: CreateRole;
  readonly updateRole: UpdateRole;
  readonly deleteRole: DeleteRole;
  readonly previewRole: PreviewRole;
}): readonly Route[] => [
  route({
    ...write,
    method: 'POST',
    url: '/users/roles',
    operationId: 'createRole',
    summary: 'Create a role out of permissions',
    description: 'A role mixes built-in permissions with those that an application has registered.',
    body: CreateRoleBody,
    replies: { 201: { schema: RoleCreatedReply, description: 'The role exists.' } },
    refusals: [roleExists, permissionNotHeld],
    handler: async (request) => {
      const { description = '', ...body } = request.body;
      const role = await roles.createRole({ ...body, description, by: request.principal, ip: originOf(request).ip });
      return { message: 'Role created successfully.' as const, data: roleReply(role) };
    },
  }),
  route({
    ...read,
    method: 'GET',
    url: '/users/roles',
    operationId: 'listRoles',
    summary: 'The roles there are',
    query: RolesQuery,
    replies: { 200: { schema: RolesReply, description: 'In the order of their ids.' } },
    refusals: [],
    handler: async ({ query }) => {
      const limit = Number(query.limit ?? pageSize);
      const found = await roles.read.list({ name: query.name, after: Number(query.cursor ?? 0), limit: limit + 1 });
      const { entries, next_cursor } = pageOf(found, limit, ({ id }) => String(id));
      return { roles: entries.map(roleReply), next_cursor };
    },
  }),
  route({
    ...read,
    method: 'GET',
    url: '/users/roles/:role_id',
    operationId: 'getRole',
    summary: 'A role',
    params: RoleParams,
    replies: { 200: { schema: RoleReply, description: 'What it holds, and its version.' } },
    refusals: [roleNotFound],
    handler: async ({ params }) => roleReply(await roles.read.find(idOf(params))),
  }),
  route({
    ...write,
    method: 'PATCH',
    url: '/users/roles/:role_id',
    operationId: 'updateRole',
    summary: 'Change a role',
    description:
      'For everybody who has it, from their next request on. `permissions` is all that it will hold; what is left out of the body stays. You must hold all that the role holds and will hold, and nobody loses anything who holds more than you.',
    params: RoleParams,
    body: UpdateRoleBody,
    replies: { 200: { schema: RoleChangedReply, description: 'The change holds.' } },
    refusals: [roleNotFound, builtInRole, roleChanged, roleExists, roleHoldsMore, permissionNotHeld, userHoldsMore],
    handler: async (request) => {
      const { params, body } = request;
      const role = await roles.updateRole({
        ...body,
        id: idOf(params),
        by: request.principal,
        ip: originOf(request).ip,
      });
      return { message: 'Role changed successfully.' as const, data: roleReply(role) };
    },
  }),
  route({
    ...write,
    method: 'DELETE',
    url: '/users/roles/:role_id',
    operationId: 'deleteRole',
    summary: 'Delete a role',
    description: 'Everybody who has it loses what it gave them, from their next request on. Its name is free again.',
    params: RoleParams,
    query: DeleteRoleQuery,
    replies: { 200: { schema: RoleDeletedReply, description: 'There is no such role any more.' } },
    refusals: [roleNotFound, builtInRole, roleChanged, roleHoldsMore, userHoldsMore],
    handler: async (request) => {
      const { params, query } = request;
      const version = query.version === undefined ? undefined : Number(query.version);
      await roles.deleteRole({ id: idOf(params), version, by: request.principal, ip: originOf(request).ip });
      return { message: 'Role deleted successfully.' as const };
    },
  }),
  route({
    ...read,
    method: 'POST',
    url: '/users/roles/:role_id/preview',
    operationId: 'previewRole',
    summary: 'Who would gain or lose what by a change of a role',
    description:
      'Changes nothing. What somebody has by another role they neither gain nor lose. Without permissions a role gives nothing, so an empty list also tells what deleting it would do. Send the `version` of the answer with the change, so that it is the one that was looked at.',
    params: RoleParams,
    body: PreviewRoleBody,
    replies: { 200: { schema: RolePreviewReply, description: 'As it stands now.' } },
    refusals: [roleNotFound, builtInRole],
    handler: async ({ params, body, principal }) => {
      const preview = await roles.previewRole({ id: idOf(params), permissions: body.permissions, by: principal });
      return { ...preview, role: roleReply(preview.role) };
    },
  }),
];
