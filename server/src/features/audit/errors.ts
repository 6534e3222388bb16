import { refusal } from '../../kernel/errors.ts';

export const checkpointNotFound = refusal(
  'checkpoint-not-found',
  'missing',
  'There is no such checkpoint of the audit record.',
  'The first is made a second or two after the first event. An export goes on behind a checkpoint that exists: the `size` in its last line.',
);
