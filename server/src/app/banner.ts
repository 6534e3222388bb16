import { type DatabaseUrl, describeDatabaseUrl } from '../config/database-url.ts';
import type { Mode } from '../config/setting.ts';
import { setupTokenMinutes } from '../features/accounts/index.ts';
import type { OfferedSetupToken } from './set-up.ts';
import { version } from './version.ts';

export interface BannerFacts {
  readonly mode: Mode;
  /** Where the server listens. */
  readonly address: string;
  readonly publicUrl: string;
  readonly database: DatabaseUrl;
  /** The file of a key that was just made. */
  readonly madeSecretKey: string | undefined;
  /** The page of mails that nobody sends, where there is one. */
  readonly mailbox?: string | undefined;
  /** Present as long as there is no administrator. */
  readonly setupToken: OfferedSetupToken | undefined;
}

/** What the server says when it is ready: the one place where the set-up token is shown, never in the log. */
export function banner(facts: BannerFacts): string {
  const { mode, address, publicUrl, database, madeSecretKey, setupToken, mailbox } = facts;
  const lines = [
    `Keyward ${version} (${mode})`,
    `  Database  ${describeDatabaseUrl(database)}`,
    `  Address   ${address}${publicUrl === address ? '' : `  (public: ${publicUrl})`}`,
    `  Docs      ${publicUrl}/docs`,
  ];
  if (mailbox !== undefined) lines.push(`  Mails     ${mailbox}  (none is sent: no SMTP_URL)`);
  if (madeSecretKey !== undefined)
    lines.push(`  Made a key of its own in ${madeSecretKey}; production wants SECRET_KEY.`);
  if (setupToken !== undefined) lines.push(...setupLines(setupToken, publicUrl));
  return `${lines.join('\n')}\n`;
}

/** The same for a program. It holds the set-up token, as the text does. */
export function bannerJson(facts: BannerFacts): object {
  const { mode, address, publicUrl, database, madeSecretKey, setupToken, mailbox } = facts;
  return {
    status: 'listening',
    version,
    mode,
    database: describeDatabaseUrl(database),
    address,
    public_url: publicUrl,
    docs: `${publicUrl}/docs`,
    mailbox: mailbox ?? null,
    made_secret_key: madeSecretKey ?? null,
    setup_token: setupToken === undefined ? null : { token: setupToken.token.reveal(), file: setupToken.path },
  };
}

function setupLines({ token, path }: OfferedSetupToken, publicUrl: string): string[] {
  return [
    '',
    `  There is no administrator yet. Within ${setupTokenMinutes} minutes, become one with this token (also in ${path}):`,
    `    ${token.reveal()}`,
    `    curl ${publicUrl}/setup -H 'Content-Type: application/json' \\`,
    `      -d '{"setup_token":"${token.reveal()}","username":"admin","email":"you@example.com","password":"…"}'`,
    '  or at any time: npm run keyward -- user create --admin --email you@example.com --username admin',
  ];
}
