import { refusal } from '../../kernel/errors.ts';

export const listNotOffered = refusal(
  'list-not-offered',
  'invalid',
  'The list cannot be asked for in this way.',
  'Only lists are offered that an index serves, so that each page is fast however many users there are. `detail` says what does not go together. See the guide on users for what does.',
);
