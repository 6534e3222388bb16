import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { asSessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Random } from '../../kernel/random.ts';
import type { Audit } from '../audit/index.ts';
import type { SettleGrant } from './issue-tokens.ts';
import type { IsNewDevice } from './new-device.ts';
import type { RefreshTokens } from './refresh-token.ts';
import type { SessionLife } from './session-life.ts';
import type { SessionsStore } from './store.ts';
import type { SessionUser, TokenGrant } from './token-grant.ts';

/** Longest user agent that is kept; what is longer is cut. */
const maxUserAgentLength = 256;

/** Proofs with which an account begins: whatever device it is, there was none before. */
const beginsAccount: ReadonlySet<string> = new Set(['sign-up', 'set-up', 'invitation']);

/** A grant, and what is worth telling the user about the sign-in. */
export interface StartedSession extends TokenGrant {
  /** Whether it is with a device that the user had not been seen with. */
  readonly newDevice: boolean;
}

/** Begins a session for a user whose proof has been accepted, inside the caller's transaction. Its first tokens are issued after that. */
export type StartSession = (
  tx: Tx,
  user: SessionUser,
  options: { origin: RequestOrigin; clientId: string; proof: string; knownDevice?: boolean },
) => Promise<StartedSession>;

export function createStartSession(deps: {
  clock: Clock;
  random: Random;
  audit: Audit;
  life: SessionLife;
  refreshTokens: RefreshTokens;
  settleGrant: SettleGrant;
  isNewDevice: IsNewDevice;
  store: SessionsStore;
}): StartSession {
  const { clock, random, audit, life, refreshTokens, settleGrant, isNewDevice, store } = deps;
  return async (tx, user, { origin, clientId, proof, knownDevice = false }) => {
    const now = clock.now();
    const token = refreshTokens.first(asSessionId(random.bytes(16).toString('base64url')));
    const expiresAt = life.expiresAt(now);
    const userAgent = origin.userAgent.slice(0, maxUserAgentLength);
    const isSeen = knownDevice || beginsAccount.has(proof);
    const newDevice = !isSeen && (await isNewDevice(tx, user.id, userAgent));
    const statusIndex = await store.takeStatusIndex(tx, now);
    await store.start(tx, {
      id: token.sessionId,
      userId: user.id,
      tokenHash: token.hash,
      statusIndex,
      createdAt: now,
      expiresAt,
      idleExpiresAt: life.idleExpiresAt(now, expiresAt),
      ip: origin.ip,
      userAgent,
    });
    const event = {
      actor: { userId: user.id },
      subject: user.id,
      session: token.sessionId,
      ip: origin.ip,
      reason: proof,
    };
    await audit.record(tx, { event: 'session.started', ...event, ...(newDevice ? { object: 'new-device' } : {}) });
    const grant = await settleGrant(tx, { user, refreshToken: token, expiresAt, statusIndex, clientId });
    return { ...grant, newDevice };
  };
}
