import { Type } from '../../http/schema.ts';
import { InstantText, PlainText } from '../../http/text.ts';
import { PasswordText } from '../passwords/index.ts';
import { EmailText, UsernameText, UserReply } from '../users/index.ts';

export const UserDeletedReply = Type.Object({ message: Type.Literal('User deleted successfully.') });
export const UserDisabledReply = Type.Object({ message: Type.Literal('User disabled successfully.') });
export const UserRestoredReply = Type.Object({ message: Type.Literal('User restored successfully.') });
export const UserInvitedReply = Type.Object({ message: Type.Literal('Invitation sent successfully.') });
export const UserUpdatedReply = Type.Object({ message: Type.Literal('User updated successfully.') });
export const UserCreatedReply = Type.Object(
  { message: Type.Literal('User created successfully.'), data: UserReply },
  { title: 'UserCreated' },
);

export const DisableBody = Type.Object(
  {
    reason: Type.Optional(
      PlainText({ max: 500, description: 'For those who may disable users; nobody else sees it.' }),
    ),
    until: Type.Optional(
      InstantText('From then on they are let in again, by itself. Absent: until somebody enables them.'),
    ),
  },
  { additionalProperties: false, examples: [{ reason: 'spam', until: '2030-01-01T00:00:00Z' }] },
);

export const CreateUserBody = Type.Object(
  {
    username: UsernameText,
    email: EmailText,
    password: Type.Optional(PasswordText),
    invite: Type.Optional(
      Type.Boolean({ description: 'Sends them a link by which they choose the password. Goes without `password`.' }),
    ),
  },
  { additionalProperties: false, examples: [{ username: 'ada', email: 'ada@example.com' }] },
);

const newNames = { username: Type.Optional(UsernameText), email: Type.Optional(EmailText) };

export const RenameUserBody = Type.Object(
  {
    ...newNames,
    email_verified: Type.Optional(
      Type.Literal(true, { description: 'That the address is theirs, on your word. It cannot be taken back.' }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ email: 'ada@example.org' }],
  },
);

export const RenameYourselfBody = Type.Object(
  { current_password: PasswordText, ...newNames },
  {
    additionalProperties: false,
    examples: [{ current_password: 'correct horse battery', username: 'countess' }],
  },
);

export const UserEnabledReply = Type.Object({ message: Type.Literal('User enabled successfully.') });

export const ChangePasswordBody = Type.Object(
  { current_password: PasswordText, new_password: PasswordText },
  {
    additionalProperties: false,
    examples: [{ current_password: 'correct horse battery', new_password: 'seven quiet lanterns burn' }],
  },
);
export const PasswordChangedReply = Type.Object({ message: Type.Literal('Password changed successfully.') });
