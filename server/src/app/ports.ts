import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createBreachedPasswords } from '../adapters/breached-passwords.ts';
import { ownSecretKey } from '../adapters/own-secret-key.ts';
import { createHasher } from '../adapters/password-hashing/hasher.ts';
import { createLanes } from '../adapters/password-hashing/lanes.ts';
import { createComposeMail } from '../adapters/smtp/compose-mail.ts';
import { createSmtpMailer } from '../adapters/smtp/smtp-mailer.ts';
import { systemClock as clock } from '../adapters/system-clock.ts';
import { systemRandom as random } from '../adapters/system-random.ts';
import { systemTicker as ticker } from '../adapters/system-ticker.ts';
import { readTemplateFolder } from '../adapters/template-folder.ts';
import { openWitnesses } from '../adapters/witness/open-witnesses.ts';
import { resolveDatabase } from '../config/server.ts';
import { connect } from '../db/connect.ts';
import { deliveryLanes } from '../features/mail/index.ts';
import type { BreachedPasswords } from '../kernel/breached-passwords.ts';
import type { Clock } from '../kernel/clock.ts';
import type { SecretKeys } from '../kernel/secret-keys.ts';
import type { WitnessPlace } from '../kernel/witness.ts';
import type { Ports } from './compose.ts';
import type { AppValues } from './config.ts';

/**
 * The real ends of the ports, as the configuration wants them. Opens the database.
 *
 * @param options.processes that share this machine's cores and the node's connections
 * @param options.warn is told what an operator should know and what stops nothing
 */
export async function openPorts(
  config: AppValues,
  { processes = 1, warn = () => {} }: { readonly processes?: number; readonly warn?: Warn } = {},
): Promise<Ports & { madeSecretKey: string | undefined }> {
  const shareOf = (whole: number, least: number) => Math.max(least, Math.floor(whole / processes));
  const { keys: secretKeys, madeAt: madeSecretKey } = secretKeyOf(config);
  const { maxWaitMs, memoryKib, iterations, parallelism } = config.passwords;
  const parameters = { memoryKib, iterations, parallelism };
  const breachedPasswords = openBreachedPasswords(config, clock, warn);
  // Never more hashes in flight than cores: beyond that they only slow one another, and everything else.
  const lanes = createLanes({ cores: shareOf(availableParallelism(), 1), maxWaitMs, clock });
  const hasher = createHasher({ parameters, lanes, random });
  // Two at least: work under a lock of all nodes holds one for the lock.
  const db = await connect(resolveDatabase(config.server), { poolSize: shareOf(config.server.databasePoolSize, 2) });
  const witnesses = openWitnesses(witnessPlaces(config));
  const templates = readTemplateFolder(config.brand.templatesDir);
  const outside = { breachedPasswords, witnesses, templates, ...openMail(config) };
  return { db, clock, ticker, random, hasher, secretKeys, madeSecretKey, warn, ...outside };
}

type Warn = (text: string) => void;

/** Undefined where the configuration does not ask for it. */
export function openBreachedPasswords(
  { passwords }: AppValues,
  clock: Clock,
  warn: Warn,
): BreachedPasswords | undefined {
  return passwords.breachCheck ? createBreachedPasswords({ url: passwords.breachUrl, clock, warn }) : undefined;
}

/** Whom mails without `MAIL_FROM` come from: those that nobody sends. */
const nobody = { name: 'Keyward', address: 'keyward@localhost' };

/** No mailer where none is configured. */
export function openMail({ mail }: AppValues): Pick<Ports, 'mailer' | 'composeMail'> {
  const sender = { from: mail.sender ?? nobody, replyTo: mail.replyTo };
  const { smtpServer } = mail;
  return {
    mailer: smtpServer && createSmtpMailer(smtpServer, sender, { connections: deliveryLanes }),
    composeMail: createComposeMail(sender),
  };
}

/** Those that are configured, or the file in the data directory. */
export const witnessPlaces = ({ audit, server }: AppValues): readonly WitnessPlace[] =>
  audit.witnesses ?? [{ kind: 'file', path: join(server.dataDir, 'audit-witness') }];

/** Production refuses to start without one (config/server.ts), so that only development ever makes its own. */
function secretKeyOf({ server }: AppValues): { keys: SecretKeys; madeAt: string | undefined } {
  if (server.secretKeys !== undefined) return { keys: server.secretKeys, madeAt: undefined };
  const { key, path, made } = ownSecretKey(server.dataDir, random);
  return { keys: { present: key, former: [] }, madeAt: made ? path : undefined };
}
