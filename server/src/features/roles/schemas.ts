import { Type } from '../../http/schema.ts';
import { PathId, PlainText } from '../../http/text.ts';
import { UserParams } from '../users/index.ts';
import { maxPermissionsOfRole, maxRolesOfUser, permissionPattern } from './policy.ts';

const PermissionName = Type.String({
  pattern: permissionPattern,
  'x-hint': 'Must be resource:action, in lower case.',
  description: 'resource:action',
  examples: ['posts:publish'],
});

const Description = PlainText({ min: 0, max: 512, description: 'For whoever hands it out.' });
const RoleName = Type.String({ minLength: 1, maxLength: 256, examples: ['editor'] });
const RoleId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Version = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Counts the changes of the role.',
});
const Permissions = Type.Array(Type.String({ maxLength: 128 }), {
  maxItems: maxPermissionsOfRole,
  examples: [['users:delete', 'posts:publish']],
});

const notACursor = 'Must be the `next_cursor` of the page before.';

const NextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'For the next page, as `cursor`. Null at the end of the list, and only there.',
});

/** A number in the address: it comes as a text. */
const numberText = (hint: string, pattern: string, description: string) =>
  Type.Optional(
    Type.String({ pattern, 'x-hint': hint, 'x-documented-as': { type: 'integer', minimum: 1 }, description }),
  );

export const CreateRoleBody = Type.Object(
  { name: RoleName, description: Type.Optional(Description), permissions: Permissions },
  { additionalProperties: false },
);

export const UpdateRoleBody = Type.Object(
  {
    version: Version,
    name: Type.Optional(RoleName),
    description: Type.Optional(Description),
    permissions: Type.Optional(Permissions),
  },
  {
    additionalProperties: false,
    examples: [{ version: 1, permissions: ['posts:publish'] }],
  },
);

export const PreviewRoleBody = Type.Object({ permissions: Permissions }, { additionalProperties: false });

export const RoleParams = Type.Object({ role_id: PathId("The role's id.") });

export const RolesQuery = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'Only the role of this name.' })),
    cursor: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,14}$',
        'x-hint': notACursor,
        description: '`next_cursor` of the page before.',
      }),
    ),
    limit: numberText(
      'Must be a number from 1 to 200.',
      '^(?:[1-9]|[1-9][0-9]|1[0-9]{2}|200)$',
      'At most so many; 100 unless said.',
    ),
  },
  { additionalProperties: false },
);

export const DeleteRoleQuery = Type.Object(
  {
    version: numberText(
      'Must be the version of a role.',
      '^[1-9][0-9]{0,14}$',
      'Delete it only if it is still that one.',
    ),
  },
  { additionalProperties: false },
);

export const RoleReply = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    name: Type.String(),
    description: Type.String(),
    permissions: Type.Array(Type.String(), { description: 'In alphabetical order.' }),
    built_in: Type.Boolean({ description: 'True of `admin`, which holds everything and cannot be changed.' }),
    version: Version,
  },
  { title: 'Role' },
);

export const RolesReply = Type.Object({
  roles: Type.Array(RoleReply),
  next_cursor: NextCursor,
});

export const RoleCreatedReply = Type.Object({
  message: Type.Literal('Role created successfully.'),
  data: RoleReply,
});

export const RoleChangedReply = Type.Object({
  message: Type.Literal('Role changed successfully.'),
  data: RoleReply,
});

export const RoleDeletedReply = Type.Object({ message: Type.Literal('Role deleted successfully.') });

const Tally = Type.Object(
  {
    users: Type.Integer({ description: 'Users who would notice.' }),
    permissions: Type.Array(Type.Object({ permission: Type.String(), users: Type.Integer() })),
  },
  { title: 'Tally' },
);

export const RolePreviewReply = Type.Object(
  {
    role: RoleReply,
    holders: Type.Integer({ description: 'Users who have the role and are not deleted.' }),
    gains: Tally,
    loses: Tally,
    users: Type.Array(
      Type.Object({
        id: Type.Integer({ minimum: 1 }),
        username: Type.Optional(Type.String({ description: 'Only for whoever holds `users:read`.' })),
        gains: Type.Array(Type.String()),
        loses: Type.Array(Type.String()),
      }),
      { description: 'The first hundred who would gain or lose something.' },
    ),
    complete: Type.Boolean({
      description: 'False where more than a million have the role: the rest was not looked at.',
    }),
  },
  { title: 'RolePreview' },
);

export const UserRolesReply = Type.Object({ roles: Type.Array(RoleReply) });

const RoleIds = Type.Array(RoleId, { maxItems: maxRolesOfUser, uniqueItems: true });

export const ReplaceUserRolesBody = Type.Object(
  {
    roles: RoleIds,
    expected: Type.Optional(
      Type.Array(RoleId, { uniqueItems: true, description: 'Replace the roles only if they have these now.' }),
    ),
  },
  { additionalProperties: false, examples: [{ roles: [2, 3], expected: [2] }] },
);

export const UserRolesReplacedReply = Type.Object({
  message: Type.Literal('Roles replaced successfully.'),
  roles: Type.Array(RoleReply),
  given: Type.Array(Type.String(), { description: 'Names of roles they did not have before.' }),
  taken: Type.Array(Type.String(), { description: 'Names of roles they do not have any more.' }),
});

export const UserPermissionParams = Type.Object({
  ...UserParams.properties,
  permission: PlainText({ max: 128, description: 'resource:action' }),
});

export const ExplanationReply = Type.Object(
  {
    user_id: Type.Integer({ minimum: 1 }),
    permission: Type.String(),
    allowed: Type.Boolean(),
    reason: Type.Union([
      Type.Literal('given-by-role'),
      Type.Literal('unknown-permission'),
      Type.Literal('no-role-with-it'),
      Type.Literal('user-disabled'),
      Type.Literal('user-deleted'),
    ]),
    detail: Type.String({ description: 'The same in a sentence.' }),
    given_by: Type.Array(
      Type.Object({ id: Type.Integer({ minimum: 1 }), name: Type.String(), built_in: Type.Boolean() }),
      { description: 'Their roles that hold it, also where the user is shut out.' },
    ),
  },
  { title: 'Explanation' },
);

export const RegisterPermissionBody = Type.Object(
  { name: PermissionName, description: Type.Optional(Description) },
  { additionalProperties: false },
);

export const PermissionParams = Type.Object({ permission: PermissionName });

export const PermissionsQuery = Type.Object(
  {
    cursor: Type.Optional(
      Type.String({
        pattern: permissionPattern,
        'x-hint': notACursor,
        description: '`next_cursor` of the page before.',
      }),
    ),
    limit: numberText(
      'Must be a number from 1 to 1000.',
      '^(?:[1-9][0-9]{0,2}|1000)$',
      'At most so many; 1000 unless said.',
    ),
  },
  { additionalProperties: false },
);

export const RemovePermissionQuery = Type.Object(
  {
    force: Type.Optional(
      Type.Union([Type.Literal('true'), Type.Literal('false')], {
        description: 'Take it out of every role that holds it; needs `roles:write`.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const PermissionReply = Type.Object(
  { name: Type.String(), description: Type.String(), built_in: Type.Boolean() },
  { title: 'Permission' },
);

export const PermissionsReply = Type.Object({
  permissions: Type.Array(PermissionReply),
  next_cursor: NextCursor,
});

export const PermissionRemovedReply = Type.Object({
  message: Type.Literal('Permission removed successfully.'),
  roles: Type.Array(Type.String(), { description: 'Names of the roles that held it.' }),
});
