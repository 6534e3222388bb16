import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { deriveKeys } from '../../kernel/derive.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import { seal } from '../../kernel/seal.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Posting } from './letters.ts';
import type { MailStore } from './store.ts';

export interface PostOptions {
  /** Whose mail it is, so that it goes with them; none where the address has no account. */
  readonly user: UserId | undefined;
  /** Seconds after which it is not worth sending any more: the life of its links. */
  readonly lifeSeconds: number;
}

/**
 * Puts a mail into the outbox, in the transaction of what it tells of: it goes out if and only if that happens, and a mail server that is
 * slow or dead keeps nobody waiting.
 *
 * @returns its id
 */
export type PostMail = (tx: Tx, posting: Posting, options: PostOptions) => Promise<string>;

/** What the bodies in the outbox are sealed under: they hold tokens, and who can read the database must not be able to use them. */
export const mailKeys = (secretKeys: SecretKeys) => deriveKeys(secretKeys, 'mail');

export function createPostMail(deps: {
  clock: Clock;
  random: Random;
  secretKeys: SecretKeys;
  store: MailStore;
}): PostMail {
  const { clock, random, store } = deps;
  const [key] = mailKeys(deps.secretKeys);
  return async (tx, posting, { user, lifeSeconds }) => {
    const id = random.bytes(16).toString('base64url');
    const createdAt = clock.now();
    const sealed = seal(Buffer.from(JSON.stringify(posting)), key, id, random);
    const { template } = posting.letter;
    await store.add(tx, { id, user, template, sealed, createdAt, expiresAt: createdAt + lifeSeconds * 1_000 });
    return id;
  };
}
