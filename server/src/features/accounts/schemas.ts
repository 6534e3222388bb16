import { Type } from 'typebox';
import { PathId } from '../../http/text.ts';

export const DeleteUserParams = Type.Object({ user_id: PathId("The user's id.") });
export const UserDeletedReply = Type.Object({ message: Type.Literal('User deleted successfully.') });
