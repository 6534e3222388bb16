import { Type } from '../../http/schema.ts';

export const StatusListParams = Type.Object({ list: Type.String() });

export const StatusListsReply = Type.Object(
  { status_lists: Type.Array(Type.String({ format: 'uri' })) },
  { title: 'StatusLists' },
);
