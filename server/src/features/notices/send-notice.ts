import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import { askerOf, type MailOffice } from '../mail/index.ts';
import type { User, UsersStore } from '../users/index.ts';

/** What a user is told of, whoever did it: were it not them, they should know at once (NIST SP 800-63B-4 §4.6). */
export type Notice = 'new-device' | 'password-changed' | 'password-removed' | 'sessions-ended' | 'session-stolen';

/** From where it was done; none where an administrator or the operator did it, whose whereabouts are their own. */
export type NoticeOrigin = Pick<RequestOrigin, 'ip' | 'userAgent'> | undefined;

/**
 * Tells a user by mail, in the transaction of what happened: both or neither. The caller has locked the user, so that of many at once no
 * more are sent than should be. Where no mail is sent at all it does nothing.
 *
 * @param user saves a read where the caller has them at hand
 */
export type SendNotice = (tx: Tx, user: UserId | User, notice: Notice, origin: NoticeOrigin) => Promise<void>;

/**
 * So many within a day to one address, over all accounts that have had it: anybody can make one with somebody else's, and delete it again. The
 * first tells what there is to know; whoever can cause a hundred must not be able to bury other mails under them. More where each is a reason
 * to act.
 */
const mostInADay: Readonly<Record<Notice, number>> = {
  'new-device': 5,
  'sessions-ended': 5,
  'password-changed': 10,
  'session-stolen': 10,
  'password-removed': 10,
};
const dayMs = 86_400_000;

export function createSendNotice(deps: { clock: Clock; users: UsersStore; mail: MailOffice }): SendNotice {
  const { clock, users, mail } = deps;

  const isEnough = async (tx: Tx, address: string, notice: Notice): Promise<boolean> =>
    (await mail.countSince(tx, address, notice, clock.now() - dayMs)) >= mostInADay[notice];

  return async (tx, whom, template, origin) => {
    if (!mail.isConfigured) return;
    const user = typeof whom === 'number' ? await users.find(tx, whom) : whom;
    if (user === undefined || user.deletedAt !== undefined || (await isEnough(tx, user.email, template))) return;
    const data = { username: user.username, resetLink: mail.linkTo('reset-password'), ...askerOf(clock.now(), origin) };
    await mail.postTo(tx, user, { template, data });
  };
}
