import { type ConfigValues, type LoadedConfig, loadConfig } from '../config/load.ts';
import { serverSection } from '../config/server.ts';
import type { Sources } from '../config/sources.ts';
import { accountSettings } from '../features/accounts/index.ts';
import { apiKeySettings } from '../features/api-keys/index.ts';
import { auditSettings } from '../features/audit/index.ts';
import { keySettings } from '../features/keys/index.ts';
import { brandSettings } from '../features/mail/index.ts';
import { passwordSettings } from '../features/passwords/index.ts';
import { personalDataSettings } from '../features/personal-data/index.ts';
import { sessionSettings } from '../features/sessions/index.ts';
import { statusSettings } from '../features/status/index.ts';

/** Every setting there is, in the order of `.env.example`. */
export const appSections = {
  server: serverSection,
  sessions: sessionSettings,
  apiKeys: apiKeySettings,
  keys: keySettings,
  status: statusSettings,
  passwords: passwordSettings,
  personalData: personalDataSettings,
  audit: auditSettings,
  accounts: accountSettings,
  brand: brandSettings,
} as const;

export type AppConfig = LoadedConfig<typeof appSections>;
export type AppValues = ConfigValues<typeof appSections>;

/** Reads and checks the whole configuration. */
export const loadAppConfig = (sources: Sources) => loadConfig(appSections, sources);
