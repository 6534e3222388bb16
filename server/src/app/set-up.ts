import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatFaults } from '../config/print.ts';
import type { FieldError } from '../kernel/errors.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import { ConfigRefused } from './cli/command.ts';
import type { Features } from './compose.ts';
import type { AppValues } from './config.ts';

/** A token with which whoever can read it may become the first administrator. */
export interface OfferedSetupToken {
  readonly token: Secret;
  /** The file in which it also stands. */
  readonly path: string;
}

/** Makes the administrator that the configuration names, on an empty database. @throws ConfigRefused when it breaks the rules */
export async function ensureFirstAdmin({ accounts }: Features, { accounts: settings }: AppValues): Promise<void> {
  const { adminEmail: email, adminUsername: username, adminPassword: password } = settings;
  if (email === undefined || password === undefined) return;
  try {
    await accounts.ensureFirstAdmin({ email, username, password });
  } catch (error) {
    if (!(error instanceof DomainError) || error.errors === undefined) throw error;
    throw new ConfigRefused(formatFaults(error.errors.map(faultOf)));
  }
}

const faultOf = ({ pointer, detail }: FieldError) => ({
  variable: `ADMIN_${pointer.slice(1).toUpperCase()}`,
  problem: detail,
});

/** As long as there is no administrator, whoever can read the console or the data directory may become one. */
export async function offerSetupToken(
  { accounts }: Features,
  { server: { dataDir } }: AppValues,
): Promise<OfferedSetupToken | undefined> {
  const token = await accounts.setupToken.issue();
  const path = join(dataDir, 'setup-token');
  if (token === undefined) {
    rmSync(path, { force: true });
    return undefined;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Moved into its place whole: written anew, an old file would keep its mode, and another node may do the same at this moment.
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${token.reveal()}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
  return { token, path };
}
