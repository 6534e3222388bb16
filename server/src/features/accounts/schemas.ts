import { Type } from 'typebox';
import { PasswordText } from '../passwords/index.ts';

export const UserDeletedReply = Type.Object({ message: Type.Literal('User deleted successfully.') });
export const UserDisabledReply = Type.Object({ message: Type.Literal('User disabled successfully.') });
export const UserEnabledReply = Type.Object({ message: Type.Literal('User enabled successfully.') });

export const ChangePasswordBody = Type.Object(
  { current_password: PasswordText, new_password: PasswordText },
  {
    additionalProperties: false,
    examples: [{ current_password: 'correct horse battery', new_password: 'seven quiet lanterns burn' }],
  },
);
export const PasswordChangedReply = Type.Object({ message: Type.Literal('Password changed successfully.') });
