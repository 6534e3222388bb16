import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { MailOffice } from '../mail/index.ts';
import type { UsersStore } from '../users/index.ts';

/** What a user is told of, whoever did it: were it not them, they should know at once (NIST SP 800-63B-4 §4.6). */
export type Notice = 'new-device' | 'password-changed' | 'sessions-ended' | 'session-stolen';

/** From where it was done. */
export interface NoticeOrigin {
  readonly ip: string;
  /** What is known of the device, as sessions tell it. */
  readonly device: string;
}

/** Tells a user by mail, in the transaction of what happened: both or neither. */
export type SendNotice = (tx: Tx, user: UserId, notice: Notice, origin: NoticeOrigin) => Promise<void>;

/** A notice that is three days late helps nobody any more. */
const lifeSeconds = 3 * 86_400;

export function createSendNotice(deps: { clock: Clock; users: UsersStore; mail: MailOffice }): SendNotice {
  const { clock, users, mail } = deps;
  return async (tx, id, template, origin) => {
    const user = await users.find(tx, id);
    if (user === undefined || user.deletedAt !== undefined) return;
    const data = { username: user.username, resetLink: mail.linkTo('reset-password'), at: clock.now(), ...origin };
    const posting = { to: user.email, locale: mail.localeFor(user.locale), letter: { template, data } };
    await mail.post(tx, posting, { user: id, lifeSeconds });
  };
}
