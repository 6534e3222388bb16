import type { Database } from '../db/database.ts';
import { createAccounts } from '../features/accounts/index.ts';
import { apiKeyLives, apiKeysHolding, createApiKeys } from '../features/api-keys/index.ts';
import { auditHolding, createAudit } from '../features/audit/index.ts';
import { createDirectory } from '../features/directory/index.ts';
import { createEmailFlows } from '../features/email-flows/index.ts';
import { createKeys } from '../features/keys/index.ts';
import { createBrand, createMailOffice, mailHolding, type TemplateFile } from '../features/mail/index.ts';
import { createNotices } from '../features/notices/index.ts';
import { createGrantToken, createIntrospect, createRevoke, serverMetadata } from '../features/oauth/index.ts';
import { createOneTimeCodes, oneTimeCodesHolding } from '../features/one-time-codes/index.ts';
import { createPages } from '../features/pages/index.ts';
import { createPasswords, passwordsHolding } from '../features/passwords/index.ts';
import { createPersonalData } from '../features/personal-data/index.ts';
import { createRoles, rolesHolding } from '../features/roles/index.ts';
import { createSessions, type SessionParts, sessionLives, sessionsHolding } from '../features/sessions/index.ts';
import { createSignIn } from '../features/sign-in/index.ts';
import { createStatus } from '../features/status/index.ts';
import { createThrottle } from '../features/throttle/index.ts';
import { usersStore as users, usersHolding } from '../features/users/index.ts';
import type { BreachedPasswords } from '../kernel/breached-passwords.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Hasher } from '../kernel/hasher.ts';
import type { ComposeMail, Mailer } from '../kernel/mailer.ts';
import type { Random } from '../kernel/random.ts';
import type { SecretKeys } from '../kernel/secret-keys.ts';
import type { Ticker } from '../kernel/ticker.ts';
import type { Witness } from '../kernel/witness.ts';
import type { AppValues } from './config.ts';

/** What the features stand on: the real ends of every port. */
export interface Ports {
  readonly db: Database;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly random: Random;
  readonly hasher: Hasher;
  /** Undefined where the configuration does not ask for it. */
  readonly breachedPasswords: BreachedPasswords | undefined;
  readonly secretKeys: SecretKeys;
  /** Who carries mails away; undefined where no mail server is configured. */
  readonly mailer: Mailer | undefined;
  readonly composeMail: ComposeMail;
  /** Who keeps checkpoints of the audit record. */
  readonly witnesses: readonly Witness[];
  /** The operator's own texts of mails; none unless said. */
  readonly templates?: readonly TemplateFile[];
  /** Is told what an operator should know and what stops nothing. */
  readonly warn: (text: string) => void;
}

export type Features = Awaited<ReturnType<typeof compose>>;

/**
 * All that is held on a person: what they are told, and what is erased of them, in this order. The throttle is not among them: its counters
 * bear keyed digests, and device cookies are kept by browsers alone.
 */
const holdings = [
  usersHolding,
  rolesHolding,
  passwordsHolding,
  oneTimeCodesHolding,
  sessionsHolding,
  apiKeysHolding,
  mailHolding,
  auditHolding,
];

/**
 * Builds every feature, one constant each, in the order of the floors: each sees only what stands above it in this list.
 *
 * @param issuer the public URL: who signs the tokens and whom they are for
 * @param parts what a test wraps to show that it would notice
 * @throws WrongSecretKey
 * @throws TemplatesRefused
 */
export async function compose(
  ports: Ports,
  config: AppValues,
  issuer: string,
  parts: { readonly sessions?: SessionParts } = {},
) {
  const { db } = ports;
  const audit = await createAudit({ ...ports, issuer });
  const keys = await createKeys({ ...ports, audit, settings: config.keys });
  const mail = createMailOffice({
    ...ports,
    issuer,
    brand: createBrand(config.brand, ports.templates),
    settings: config.mail,
  });
  const credentials = { sessionLives: sessionLives(ports), apiKeyLives: apiKeyLives(ports) };
  const roles = createRoles({ ...ports, audit, users, credentials });
  const people = { users, roles: roles.store, authority: roles.authority };
  const notices = createNotices({ ...ports, users, mail });
  const passwords = createPasswords({ ...ports, limits: config.passwords });
  const throttle = createThrottle({ ...ports, enabled: config.server.rateLimits });
  const oneTimeCodes = createOneTimeCodes({ ...ports, mail, throttle });
  const tokens = { keys, issuer, settings: config.sessions };
  const sessions = createSessions({ ...ports, ...people, ...tokens, audit, notices, throttle }, parts.sessions);
  const apiKeys = createApiKeys({ ...ports, ...people, audit, throttle, limits: config.apiKeys });
  const status = createStatus({ ...ports, keys, sessions: sessions.store, issuer, settings: config.status });
  const proofs = { passwords, throttle, endSessions: sessions.endSessions };
  const posts = { users, mail, notices, oneTimeCodes, apiKeys };
  const accounts = createAccounts({ ...ports, ...people, ...proofs, ...posts, audit, sessions: sessions.store });
  const directory = createDirectory({ ...ports, ...people, sessions: sessions.store });
  const personalData = createPersonalData({
    ...ports,
    ...people,
    audit,
    throttle,
    holdings,
    settings: config.personalData,
  });
  const emailFlows = createEmailFlows({ ...ports, ...people, ...posts, ...proofs, audit, accounts, sessions });
  const signIn = createSignIn({
    ...ports,
    ...posts,
    ...proofs,
    audit,
    sessions,
    accounts,
    emailFlows,
    settings: { ...config.signIn, ...config.emailFlows },
  });
  const grantToken = createGrantToken({ logIn: signIn.logIn, refreshSession: sessions.refresh });
  const metadata = serverMetadata(issuer);
  const introspect = createIntrospect({ sessions, apiKeys });
  const revoke = createRevoke({ sessions, apiKeys });
  const pages = createPages({ mail, passwords });

  const ensureBuiltIns = () => db.transact((tx) => roles.store.ensureBuiltIns(tx, ports.clock.now()));
  await db.exclusively('built-ins', ensureBuiltIns);
  const oauth = { grantToken, introspect, revoke, metadata };
  const records = { audit, keys, users, mail, notices, roles, passwords, throttle, oneTimeCodes, sessions, apiKeys };
  return { ...records, status, accounts, directory, personalData, emailFlows, signIn, oauth, pages };
}
