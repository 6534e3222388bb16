import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';

export interface MailTables {
  mails: {
    id: string;
    user_id: UserId | null;
    recipient: string;
    /** The same in one case, so that another spelling is no other mailbox. */
    recipient_key: string;
    template: string;
    /** Null when it is sent or given up. */
    sealed: string | null;
    created_at: Instant;
    expires_at: Instant;
    /** Null when it is sent or given up. */
    due_at: Instant | null;
    attempts: number;
    failures: number;
    sent_at: Instant | null;
    given_up_at: Instant | null;
    last_error: string | null;
  };
}
