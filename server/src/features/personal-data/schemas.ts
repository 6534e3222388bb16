import { Type } from '../../http/schema.ts';

export const UserPurgedReply = Type.Object({ message: Type.Literal('User purged successfully.') });
