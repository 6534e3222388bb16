import type { Database } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { SettleGrant } from './issue-tokens.ts';
import { isNewest } from './policy.ts';
import type { RefreshToken } from './refresh-token.ts';
import type { SessionLife } from './session-life.ts';
import type { LivingSession, Rotation, SessionsStore } from './store.ts';
import type { TokenGrant } from './token-grant.ts';

/** A refresh token that was presented, and what comes of it if it is good. */
export interface Presented {
  readonly presented: RefreshToken;
  readonly successor: RefreshToken;
  readonly clientId: string;
}

/** The update that puts the successor in the place of the token that was presented, if that is the newest. */
export const rotationOf = (
  { presented, successor }: Pick<Presented, 'presented' | 'successor'>,
  { expiresAt, statusIndex }: Pick<LivingSession, 'expiresAt'> & Pick<Rotation, 'statusIndex'>,
  life: SessionLife,
  now: Instant,
): Rotation => ({
  id: presented.sessionId,
  generation: presented.generation,
  hash: presented.hash,
  nextHash: successor.hash,
  now,
  idleExpiresAt: life.idleExpiresAt(now, expiresAt),
  statusIndex,
});

/**
 * Rotates the newest token of a living session: one read, and one update that asks for everything again by which the read has decided.
 * So between the two anybody may do anything (docs/decisions/0023).
 *
 * @returns `undefined` when nothing was changed: the token is none such, or somebody was faster, and it must be judged
 */
export type RotateAtOnce = (token: Presented) => Promise<TokenGrant | undefined>;

export function createRotateAtOnce(deps: {
  db: Database;
  clock: Clock;
  life: SessionLife;
  settleGrant: SettleGrant;
  store: SessionsStore;
}): RotateAtOnce {
  const { db, clock, life, settleGrant, store } = deps;
  return ({ presented, successor, clientId }) =>
    db.transact(
      async (tx) => {
        const now = clock.now();
        const session = await store.findGranted(tx, presented.sessionId, now);
        if (session === undefined || !isNewest(session, presented, now)) return undefined;
        const { user, expiresAt, statusIndex, held } = session;
        if (statusIndex === undefined) return undefined;
        const grant = { user, refreshToken: successor, expiresAt, statusIndex, clientId };
        const settled = await settleGrant(tx, grant, held);
        const rotated = await store.rotate(
          tx,
          rotationOf({ presented, successor }, { expiresAt, statusIndex }, life, now),
        );
        return rotated ? settled : undefined;
      },
      { writes: 'once' },
    );
}
