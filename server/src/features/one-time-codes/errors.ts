import { refusal } from '../../kernel/errors.ts';

export const invalidOneTimeToken = refusal(
  'invalid-one-time-token',
  'invalid',
  'This link or code is not good any more, or never was.',
  'Each is good for one use and for a limited time, and a newer mail makes the older ones worthless. Ask for a new mail, and use the link or the code of the newest one.',
);
