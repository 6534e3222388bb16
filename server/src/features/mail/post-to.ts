import type { Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Letter, Locale } from './letters.ts';
import type { PostMail } from './post.ts';

/** Whom a letter is for. */
export interface Reader {
  /** None where there is no account. */
  readonly id: UserId | undefined;
  readonly email: string;
  /** The language that is kept of them, or the `Accept-Language` of whoever asks. */
  readonly locale: string | undefined;
}

/** Puts a letter into the outbox, in the language of its reader. @returns the id of the mail; none where mail is off */
export type PostTo = (
  tx: Tx,
  reader: Reader,
  letter: Letter,
  options?: {
    /** Another address than the reader's present one. */
    readonly to?: string;
    /** The life of its links; else that of a notice. */
    readonly lifeSeconds?: number;
  },
) => Promise<string | undefined>;

/** What has happened to an account is worth reading for three days: who hears of it later is not helped any more. */
const noticeLifeSeconds = 3 * 86_400;

export const createPostTo =
  ({ post, localeFor }: { post: PostMail; localeFor: (wanted: string | undefined) => Locale }): PostTo =>
  (tx, { id, email, locale }, letter, { to = email, lifeSeconds = noticeLifeSeconds } = {}) =>
    post(tx, { to, locale: localeFor(locale), letter }, { user: id, lifeSeconds });
