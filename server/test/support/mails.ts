import type { Database } from '../../src/db/database.ts';
import type { Letter, Locale } from '../../src/features/mail/index.ts';
import { mailKeys } from '../../src/features/mail/open-posting.ts';
import { unseal } from '../../src/kernel/seal.ts';
import type { SecretKeys } from '../../src/kernel/secret-keys.ts';
import { behind } from './behind.ts';

/** A mail in the outbox, opened. */
export type ReadMail = Letter & { readonly to: string; readonly locale: Locale };

interface MailRow {
  readonly id: string;
  readonly sealed: string | null;
}

/**
 * The mails that were put into the outbox and are not in `seen`, in order: by time, of one instant by address and template. Whoever reads
 * them adds them to `seen`.
 */
export async function newMails(
  { db, secretKeys }: { db: Database; secretKeys: SecretKeys },
  seen: Set<string>,
): Promise<ReadMail[]> {
  const rows = await behind<MailRow & { created_at: number }>(db, (builder) =>
    builder.selectFrom('mails').select(['id', 'sealed', 'created_at']).orderBy('created_at'),
  );
  const read = rows
    .filter(({ id }) => !seen.has(id))
    .map((row) => ({ at: Number(row.created_at), mail: open(row, mailKeys(secretKeys)) }));
  for (const { id } of rows) seen.add(id);
  const orderOf = ({ mail }: { mail: ReadMail }) => `${mail.to} ${mail.template}`;
  return read
    .sort((one, other) => one.at - other.at || orderOf(one).localeCompare(orderOf(other)))
    .map(({ mail }) => mail);
}

function open({ id, sealed }: MailRow, keys: readonly Buffer[]): ReadMail {
  if (sealed === null) throw new Error('a mail left the outbox before the test read it');
  const { to, locale, letter } = JSON.parse(unseal(sealed, keys, id).toString());
  return { to, locale, ...letter };
}

/** The token of the one link that a mail is about. */
export function tokenOf(mail: ReadMail | undefined): string {
  const data: Readonly<Record<string, unknown>> = { ...mail?.data };
  return tokenIn(String(data.link ?? data.undoLink ?? ''));
}

export function tokenIn(link: string): string {
  const [, token] = link.split('#token=');
  if (token === undefined) throw new Error(`no token in the link ${link}`);
  return token;
}
