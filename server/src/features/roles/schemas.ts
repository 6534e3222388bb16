import { Type } from 'typebox';
import { PlainText } from '../../http/text.ts';
import { permissionPattern } from './policy.ts';

const PermissionName = Type.String({
  pattern: permissionPattern,
  description: 'resource:action',
  examples: ['posts:publish'],
});

const Description = PlainText({ min: 0, max: 512, description: 'For whoever hands it out.' });

export const CreateRoleBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 256, examples: ['editor'] }),
    description: Type.Optional(Description),
    permissions: Type.Array(Type.String({ maxLength: 128 }), {
      maxItems: 200,
      examples: [['users:delete', 'posts:publish']],
    }),
  },
  { additionalProperties: false },
);

const RoleReply = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    name: Type.String(),
    description: Type.String(),
    permissions: Type.Array(Type.String()),
  },
  { title: 'Role' },
);

export const RoleCreatedReply = Type.Object({
  message: Type.Literal('Role created successfully.'),
  data: RoleReply,
});

export const RegisterPermissionBody = Type.Object(
  { name: PermissionName, description: Type.Optional(Description) },
  { additionalProperties: false },
);

export const PermissionReply = Type.Object(
  { name: Type.String(), description: Type.String(), built_in: Type.Boolean() },
  { title: 'Permission' },
);

export const PermissionsReply = Type.Object({ permissions: Type.Array(PermissionReply) });
