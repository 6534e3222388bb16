import { refusal } from '../../kernel/errors.ts';

export const mailNotConfigured = refusal(
  'mail-not-configured',
  'unavailable',
  'This server sends no mail, so that this cannot be done here.',
  'Ask the operator: mail wants `SMTP_URL` and `MAIL_FROM` to be set. Until then every answer is this one: `Retry-After` says an hour, since sooner it is not worth a try.',
);

export const mailNotFound = refusal(
  'mail-not-found',
  'missing',
  'There is no such mail in the outbox, or it does not wait.',
  'List the outbox (`keyward mail list`). What was sent or given up is forgotten after `MAIL_RETENTION_DAYS`.',
);
