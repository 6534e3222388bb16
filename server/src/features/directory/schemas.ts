import { Type } from '../../http/schema.ts';
import { InstantText, PathId, PlainText } from '../../http/text.ts';
import { EmailText, UsernameText, UserReply } from '../users/index.ts';

const Instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

const listed = {
  ...Type.Partial(UserReply).properties,
  id: UserReply.properties.id,
  email_verified: Type.Optional(Type.Boolean({ description: 'Whether it was shown that the address is theirs.' })),
  status: Type.Optional(Type.Enum(['active', 'disabled', 'deleted'])),
  created_at: Instant('When the account was made.'),
  deleted_at: Instant('Of a deleted user.'),
  disabled_at: Instant('While they are disabled; only with `users:disable`.'),
  disabled_until: Instant('From then on they are let in again; only with `users:disable`.'),
  disabled_reason: Type.Optional(Type.String({ description: 'Only with `users:disable`.' })),
};

const ListedUser = Type.Object(listed, { title: 'ListedUser' });

export const ShownUser = Type.Object(
  {
    ...listed,
    last_login_at: Instant('As far back as sessions are kept; only with `sessions:read`.'),
  },
  { title: 'ShownUser' },
);

export const UserListReply = Type.Object(
  {
    users: Type.Array(ListedUser),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'For the next page, as `cursor`. Null at the end of the list, and only there.',
    }),
  },
  { title: 'UserList' },
);

export const UserListQuery = Type.Object(
  {
    status: Type.Optional(
      Type.Enum(['active', 'disabled', 'deleted', 'any'], { description: 'Absent: all who are not deleted.' }),
    ),
    id: Type.Optional(PathId('The user with this id.')),
    email: Type.Optional({
      ...EmailText,
      description: 'What the e-mail address begins with; letter case does not matter.',
    }),
    username: Type.Optional({
      ...UsernameText,
      description: 'What the username begins with; letter case does not matter.',
    }),
    role: Type.Optional(PlainText({ max: 256, description: 'The name of a role: those who hold it.' })),
    created_after: Type.Optional(InstantText('Made at this instant or later.')),
    created_before: Type.Optional(InstantText('Made before this instant.')),
    sort: Type.Optional(
      Type.Enum(['created', '-created', 'email', '-email', 'username', '-username'], {
        description:
          '`-` is descending. Absent: by the name that is searched for, else `created`. Holders of a role come in the order of their ids.',
      }),
    ),
    limit: Type.Optional(
      Type.String({
        pattern: '^(?:[1-9][0-9]?|1[0-9]{2}|200)$',
        'x-hint': 'Must be a whole number from 1 to 200.',
        'x-documented-as': { type: 'integer', minimum: 1, maximum: 200, default: 50 },
      }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 2_048, description: '`next_cursor` of the page before.' })),
  },
  { additionalProperties: false },
);
