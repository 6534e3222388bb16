import { type ConfigValues, type LoadedConfig, loadConfig } from '../config/load.ts';
import { serverSection } from '../config/server.ts';
import type { Sources } from '../config/sources.ts';
import { accountSettings } from '../features/accounts/index.ts';
import { auditSettings } from '../features/audit/index.ts';
import { keySettings } from '../features/keys/index.ts';
import { passwordSettings } from '../features/passwords/index.ts';
import { sessionSettings } from '../features/sessions/index.ts';
import { statusSettings } from '../features/status/index.ts';

/** Every setting there is, in the order of `.env.example`. */
export const appSections = {
  server: serverSection,
  sessions: sessionSettings,
  keys: keySettings,
  status: statusSettings,
  passwords: passwordSettings,
  audit: auditSettings,
  accounts: accountSettings,
} as const;

export type AppConfig = LoadedConfig<typeof appSections>;
export type AppValues = ConfigValues<typeof appSections>;

/** Reads and checks the whole configuration. */
export const loadAppConfig = (sources: Sources) => loadConfig(appSections, sources);
