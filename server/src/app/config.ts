import { type ConfigValues, type LoadedConfig, loadConfig } from '../config/load.ts';
import { resolvePublicUrl, serverSection } from '../config/server.ts';
import type { Fault } from '../config/setting.ts';
import type { Sources } from '../config/sources.ts';
import { accountSettings } from '../features/accounts/index.ts';
import { apiKeySettings } from '../features/api-keys/index.ts';
import { auditSettings } from '../features/audit/index.ts';
import { emailFlowSettings } from '../features/email-flows/index.ts';
import { keySettings } from '../features/keys/index.ts';
import { brandSettings, hasMailbox, mailSettings } from '../features/mail/index.ts';
import { passwordSettings } from '../features/passwords/index.ts';
import { personalDataSettings } from '../features/personal-data/index.ts';
import { sessionSettings } from '../features/sessions/index.ts';
import { signInSettings } from '../features/sign-in/index.ts';
import { statusSettings } from '../features/status/index.ts';

/** Every setting there is, in the order of `.env.example`. */
export const appSections = {
  server: serverSection,
  sessions: sessionSettings,
  apiKeys: apiKeySettings,
  keys: keySettings,
  status: statusSettings,
  passwords: passwordSettings,
  mail: mailSettings,
  signIn: signInSettings,
  personalData: personalDataSettings,
  audit: auditSettings,
  emailFlows: emailFlowSettings,
  accounts: accountSettings,
  brand: brandSettings,
} as const;

export type AppConfig = LoadedConfig<typeof appSections>;
export type AppValues = ConfigValues<typeof appSections>;

/** Reads and checks the whole configuration. */
export const loadAppConfig = (sources: Sources) => loadConfig(appSections, sources, proofsWithoutMail);

/** Where people wait for a mail, there must be some. */
function proofsWithoutMail({ emailFlows, mail, server }: AppValues): Fault[] {
  const goSomewhere = mail.smtpServer !== undefined || hasMailbox(mail, resolvePublicUrl(server));
  if (emailFlows.requireVerifiedEmail === 'off' || goSomewhere) return [];
  const problem = `is missing: with REQUIRE_VERIFIED_EMAIL=${emailFlows.requireVerifiedEmail} nobody gets in without a mail`;
  return [{ variable: 'SMTP_URL', problem, example: 'smtp://user:password@smtp.example.com:587' }];
}
