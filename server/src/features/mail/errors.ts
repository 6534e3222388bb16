import { refusal } from '../../kernel/errors.ts';

export const mailNotConfigured = refusal(
  'mail-not-configured',
  'conflict',
  'This server sends no mail.',
  'What you asked for needs a mail. The operator has to say by which mail server it goes out.',
);
