import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import {
  builtInPermission,
  permissionExists,
  permissionInUse,
  permissionNotFound,
  permissionNotHeld,
  userHoldsMore,
} from './errors.ts';
import type { RegisterPermission } from './register-permission.ts';
import type { RemovePermission } from './remove-permission.ts';
import { pageOf, permissionReply } from './replies.ts';
import type { PermissionEntry } from './role.ts';
import {
  PermissionParams,
  PermissionRemovedReply,
  PermissionReply,
  PermissionsQuery,
  PermissionsReply,
  RegisterPermissionBody,
  RemovePermissionQuery,
} from './schemas.ts';

const write = {
  tags: ['Roles'],
  access: { kind: 'bearer', permission: 'permissions:write' },
  limit: { kind: 'none', why: 'only for holders of permissions:write' },
} as const;

const pageSize = 1_000;

export const permissionRoutes = (roles: {
  readonly listPermissions: (page: { after: string; limit: number }) => Promise<PermissionEntry[]>;
  readonly registerPermission: RegisterPermission;
  readonly removePermission: RemovePermission;
}): readonly Route[] => [
  route({
    method: 'GET',
    url: '/permissions',
    operationId: 'listPermissions',
    summary: 'The permissions there are',
    tags: ['Roles'],
    access: { kind: 'bearer', permission: 'permissions:read' },
    limit: { kind: 'none', why: 'only for holders of permissions:read' },
    query: PermissionsQuery,
    replies: { 200: { schema: PermissionsReply, description: 'In alphabetical order.' } },
    refusals: [],
    handler: async ({ query }) => {
      const limit = Number(query.limit ?? pageSize);
      const found = await roles.listPermissions({ after: query.cursor ?? '', limit: limit + 1 });
      const { entries, next_cursor } = pageOf(found, limit, ({ name }) => name);
      return { permissions: entries.map(permissionReply), next_cursor };
    },
  }),
  route({
    ...write,
    method: 'POST',
    url: '/permissions',
    operationId: 'registerPermission',
    summary: "Register an application's permission",
    body: RegisterPermissionBody,
    replies: { 201: { schema: PermissionReply, description: 'Roles can hold it from now on.' } },
    refusals: [permissionExists],
    handler: async (request) => {
      const { name, description = '' } = request.body;
      const { principal: by } = request;
      return permissionReply(await roles.registerPermission({ name, description, by, ip: originOf(request).ip }));
    },
  }),
  route({
    ...write,
    method: 'DELETE',
    url: '/permissions/:permission',
    operationId: 'removePermission',
    summary: "Remove an application's permission",
    description:
      'One that you hold. While roles hold it, it stays, unless `force` takes it out of them all. What the API itself checks cannot be removed.',
    params: PermissionParams,
    query: RemovePermissionQuery,
    replies: { 200: { schema: PermissionRemovedReply, description: 'Nobody holds it any more.' } },
    refusals: [permissionNotFound, builtInPermission, permissionNotHeld, permissionInUse, userHoldsMore],
    handler: async (request) => {
      const { params, query, principal: by } = request;
      const force = query.force === 'true';
      const held = await roles.removePermission({ name: params.permission, force, by, ip: originOf(request).ip });
      return { message: 'Permission removed successfully.' as const, roles: held.map(({ name }) => name) };
    },
  }),
];
