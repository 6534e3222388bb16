import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import { seal } from '../../kernel/seal.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Posting } from './letters.ts';
import { mailKeys } from './open-posting.ts';
import type { MailStore } from './store.ts';

export interface PostOptions {
  /** Whose mail it is, so that it goes with them; none where the address has no account. */
  readonly user: UserId | undefined;
  /** Seconds after which it is not worth sending any more: the life of its links. */
  readonly lifeSeconds: number;
}

/**
 * Puts a mail into the outbox, in the transaction of what it tells of: it goes out if and only if that happens, and a mail server that is
 * slow or dead keeps nobody waiting. Where mail is off nothing happens: a notice must not keep a password from being changed.
 *
 * @returns its id; none where mail is off
 */
export type PostMail = (tx: Tx, posting: Posting, options: PostOptions) => Promise<string | undefined>;

/** What becomes of mails: they are sent, shown to the developer, or there are none. */
export type MailWay = 'smtp' | 'mailbox' | 'off';

export function createPostMail(deps: {
  clock: Clock;
  random: Random;
  secretKeys: SecretKeys;
  store: MailStore;
  way: MailWay;
}): PostMail {
  const { clock, random, store, way } = deps;
  const [key] = mailKeys(deps.secretKeys);
  return async (tx, posting, { user, lifeSeconds }) => {
    if (way === 'off') return undefined;
    const id = random.bytes(16).toString('base64url');
    const createdAt = clock.now();
    const sealed = seal(Buffer.from(JSON.stringify(posting)), key, id, random);
    const { to, letter } = posting;
    const expiresAt = createdAt + lifeSeconds * 1_000;
    const mail = { id, user, to, template: letter.template, sealed, createdAt, expiresAt };
    await (way === 'smtp' ? store.add(tx, mail) : store.addShown(tx, mail));
    return id;
  };
}
