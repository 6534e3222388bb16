import { systemTicker } from '../../src/adapters/system-ticker.ts';
import { compose, type Features } from '../../src/app/compose.ts';
import { loadAppConfig } from '../../src/app/config.ts';
import { openMail } from '../../src/app/ports.ts';
import type { Database } from '../../src/db/database.ts';
import type { RecordedEvent } from '../../src/features/audit/index.ts';
import type { SessionParts, Tokens } from '../../src/features/sessions/index.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { DomainError } from '../../src/kernel/errors.ts';
import { asSessionId, asUserId } from '../../src/kernel/ids.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createTestHasher, testRandom } from '../support/ports.ts';
import type { Answer, Rules } from './model.ts';

/** All that the proof knows of the server: this file is the only one that names its use cases. */
export interface Node {
  signUp(name: string): Promise<Issued>;
  logIn(name: string, password: number): Promise<Issued>;
  refresh(token: string): Promise<Issued>;
  /** Rejects when the token is not accepted. */
  access(token: string): Promise<void>;
  logOut(token: { accessToken?: string; refreshToken?: string }, options?: { everywhere: boolean }): Promise<void>;
  /** The owner ends all but one. */
  endOthers(kept: Issued): Promise<void>;
  /** Ends the other sessions. */
  changePassword(accessToken: string, passwords: { from: number; to: number }): Promise<void>;
  /** What an operator or an administrator does with a user. */
  readonly administer: Readonly<Record<'end-all' | 'disable' | 'enable' | 'remove', (user: Issued) => Promise<void>>>;
  eventsSince(id: number): Promise<readonly RecordedEvent[]>;
}

/** What signing in and refreshing give, as a client reads it. */
export interface Issued {
  readonly userId: number;
  readonly sessionId: string;
  readonly refreshToken: string;
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly sessionExpiresAt: number;
}

/** The shortest that may be configured, so that a history can outlive them. The grace is its default, or none. */
export const rulesOf = (strict: boolean): Rules => ({
  graceMs: strict ? 0 : 10_000,
  lifeMs: 2 * 86_400_000,
  idleMs: 86_400_000,
});

const settingsOf = (strict: boolean) => ({
  ACCESS_TOKEN_EXPIRE_MINUTES: '1',
  JWT_REFRESH_EXPIRY: '2',
  SESSION_IDLE_DAYS: '1',
  REFRESH_GRACE_SECONDS: strict ? '0' : '10',
  RATE_LIMITS: 'off',
});

export interface NodeOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly strict: boolean;
  /** Replaces parts of the sessions: by the sabotages alone. */
  readonly parts: SessionParts;
}

/** A node: the whole of the features, with caches of its own, on a database that it shares with others. */
export async function openNode({ db, clock, strict, parts }: NodeOptions): Promise<Node> {
  const config = loadAppConfig({ environment: settingsOf(strict), readFile: () => '' });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const secretKeys = { present: new Secret('a secret key for tests, long enough'), former: [] };
  const ports = {
    db,
    clock,
    ticker: systemTicker,
    random: testRandom,
    hasher: createTestHasher(),
    breachedPasswords: undefined,
    secretKeys,
    witnesses: [],
    ...openMail(config.values),
    warn: () => {},
  };
  return nodeOf(await compose(ports, config.values, 'http://localhost:8000', { sessions: parts }), db);
}

const origin = { ip: '192.0.2.1', userAgent: 'proof' };
const clientId = 'keyward';
const passwordOf = (which: number) => `kestrel over the amber hill ${which}`;
const emailOf = (name: string) => `${name}@example.com`;

function nodeOf({ sessions, signIn, accounts, audit }: Features, db: Database): Node {
  const operator = { by: undefined };
  return {
    async signUp(username) {
      const account = { username, email: emailOf(username), password: passwordOf(0) };
      const outcome = await signIn.signUp({ account, origin, clientId });
      if (outcome.kind !== 'signed-in') throw new Error(`signing up came to: ${outcome.kind}`);
      return issuedOf(outcome.tokens);
    },
    async logIn(name, which) {
      const command = { name: emailOf(name), byUsername: false, password: passwordOf(which), origin, clientId };
      return issuedOf(await signIn.logIn(command));
    },
    refresh: async (token) => issuedOf(await sessions.refresh(token, { origin, clientId })),
    async access(token) {
      await sessions.authenticate(token, undefined);
    },
    logOut: ({ accessToken, refreshToken }, { everywhere } = { everywhere: false }) => {
      const refreshTokens = refreshToken === undefined ? [] : [refreshToken];
      return sessions.logOut({ accessToken, refreshTokens, allDevices: everywhere, origin });
    },
    async endOthers({ userId, sessionId }) {
      await sessions.endOwn.others(asUserId(userId), asSessionId(sessionId), origin);
    },
    async changePassword(accessToken, { from, to }) {
      const who = await sessions.authenticate(accessToken, undefined);
      const passwords = { currentPassword: passwordOf(from), newPassword: passwordOf(to) };
      await accounts.changePassword({ who, ...passwords, ip: origin.ip });
    },
    administer: {
      async 'end-all'({ userId }) {
        await sessions.ofUser.endAll({ user: asUserId(userId), ...operator });
      },
      disable: ({ userId }) => accounts.disabling.disable({ id: asUserId(userId), ...operator }),
      enable: ({ userId }) => accounts.disabling.enable({ id: asUserId(userId), ...operator }),
      remove: ({ userId }) => accounts.delete({ id: asUserId(userId), ...operator }),
    },
    eventsSince: (id) => audit.list(db, id),
  };
}

function issuedOf({ user, accessToken, refreshToken, sessionExpiresAt }: Tokens): Issued {
  const [, payload = ''] = accessToken.reveal().split('.');
  const { sid, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return {
    userId: user.id,
    sessionId: sid,
    refreshToken: refreshToken.reveal(),
    accessToken: accessToken.reveal(),
    accessExpiresAt: exp * 1_000,
    sessionExpiresAt,
  };
}

/** The node died under a request. */
export class Crashed extends Error {}

/** What a failed request answered; `undefined` when nobody can know what became of it. */
export function answerOf(error: unknown): Answer | undefined {
  if (error instanceof Crashed) return undefined;
  if (!(error instanceof DomainError)) throw error;
  if (error.refusal.kind === 'unavailable') return undefined;
  const { kind, code } = error.refusal;
  // Nobody with this token, no such user (any more), another password by now.
  if (kind !== 'unauthenticated' && kind !== 'missing' && code !== 'current-password-wrong') throw error;
  return code === 'refresh-token-reused' ? 'theft' : 'refused';
}
