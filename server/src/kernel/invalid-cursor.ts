import { refusal } from './errors.ts';

export const invalidCursor = refusal(
  'invalid-cursor',
  'invalid',
  'The cursor is none of this list.',
  'Begin again without a cursor. A cursor goes on with the very list it came from: the same filters, the same sort, the same caller.',
);
