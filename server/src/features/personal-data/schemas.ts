import { Type } from 'typebox';

export const UserPurgedReply = Type.Object({ message: Type.Literal('User purged successfully.') });
