import { index, table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** Mails on their way out. What was sent or given up stays for a while without its body. */
export const mail: Migration = {
  id: '0018-mail',
  statements: (dialect) => [
    table(dialect, 'mails')
      .text('id', 32)
      .integer('user_id', { references: 'users.id', nullable: true })
      .text('recipient', 320)
      .text('recipient_key', 320)
      .text('template', 64)
      .longText('sealed', { nullable: true })
      .integer('created_at')
      .integer('expires_at')
      .integer('due_at', { nullable: true })
      .integer('attempts')
      .integer('failures')
      .integer('sent_at', { nullable: true })
      .integer('given_up_at', { nullable: true })
      .text('last_error', 500, { nullable: true })
      .primaryKey('id').statement,
    index(dialect, 'mails', 'due_at'),
    index(dialect, 'mails', 'user_id'),
    index(dialect, 'mails', 'recipient_key'),
    index(dialect, 'mails', 'created_at'),
  ],
};
