/**
 * Owns: what users are told of by mail when something about their account has happened.
 * Tables: none.
 * Specifications: NIST SP 800-63B-4 §4.6 (account notifications), ASVS 5.0 6.3.7 (notification of updates to authentication details).
 */
import type { Clock } from '../../kernel/clock.ts';
import type { MailOffice } from '../mail/index.ts';
import type { UsersStore } from '../users/index.ts';
import { createSendNotice, type SendNotice } from './send-notice.ts';

export type { Notice, SendNotice } from './send-notice.ts';

export interface Notices {
  readonly send: SendNotice;
}

export const createNotices = (deps: { clock: Clock; users: UsersStore; mail: MailOffice }): Notices => ({
  send: createSendNotice(deps),
});
