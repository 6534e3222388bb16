import { type Route, route } from '../../http/route.ts';
import type { CreateRole } from './create-role.ts';
import { permissionExists, permissionNotHeld, roleExists } from './errors.ts';
import type { RegisterPermission } from './register-permission.ts';
import type { PermissionEntry, Role } from './role.ts';
import {
  CreateRoleBody,
  PermissionReply,
  PermissionsReply,
  RegisterPermissionBody,
  RoleCreatedReply,
} from './schemas.ts';

export interface RoleUseCases {
  readonly createRole: CreateRole;
  readonly registerPermission: RegisterPermission;
  readonly listPermissions: () => Promise<PermissionEntry[]>;
}

const permissionReply = ({ name, description, builtIn }: PermissionEntry) => ({ name, description, built_in: builtIn });

const roleReply = ({ id, name, description, permissions }: Role) => ({
  id,
  name,
  description,
  permissions: [...permissions],
});

export const roleRoutes = (roles: RoleUseCases): readonly Route[] => [
  route({
    method: 'POST',
    url: '/users/roles',
    operationId: 'createRole',
    summary: 'Create a role out of permissions',
    description: 'A role mixes built-in permissions with those that an application has registered.',
    tags: ['Roles'],
    access: { kind: 'bearer', permission: 'roles:write' },
    limit: { kind: 'none', why: 'only for holders of roles:write' },
    body: CreateRoleBody,
    replies: { 201: { schema: RoleCreatedReply, description: 'The role exists.' } },
    refusals: [roleExists, permissionNotHeld],
    handler: async ({ body, principal }) => ({
      message: 'Role created successfully.' as const,
      data: roleReply(await roles.createRole({ ...body, description: body.description ?? '', by: principal })),
    }),
  }),
  route({
    method: 'GET',
    url: '/permissions',
    operationId: 'listPermissions',
    summary: 'The permissions there are',
    tags: ['Roles'],
    access: { kind: 'bearer', permission: 'permissions:read' },
    limit: { kind: 'none', why: 'only for holders of permissions:read' },
    replies: { 200: { schema: PermissionsReply, description: 'In alphabetical order.' } },
    refusals: [],
    handler: async () => ({ permissions: (await roles.listPermissions()).map(permissionReply) }),
  }),
  route({
    method: 'POST',
    url: '/permissions',
    operationId: 'registerPermission',
    summary: "Register an application's permission",
    tags: ['Roles'],
    access: { kind: 'bearer', permission: 'permissions:write' },
    limit: { kind: 'none', why: 'only for holders of permissions:write' },
    body: RegisterPermissionBody,
    replies: { 201: { schema: PermissionReply, description: 'Roles can hold it from now on.' } },
    refusals: [permissionExists],
    handler: async ({ body, principal }) =>
      permissionReply(await roles.registerPermission({ ...body, description: body.description ?? '', by: principal })),
  }),
];
