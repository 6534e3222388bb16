import { statements } from '../../src/db/statement.ts';
import { refreshTokenReused, type SessionParts, type SessionsStore } from '../../src/features/sessions/index.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { testRandom } from '../support/ports.ts';

/**
 * Sabotages, as they stand in real servers. Each wraps a part of the sessions; a proof that lets one of them pass would prove nothing.
 */

type Rotation = Parameters<SessionsStore['rotate']>[1];

interface Tables {
  sessions: {
    id: string;
    user_id: number;
    generation: number;
    token_hash: string;
    rotated_at: number;
    expires_at: number;
    idle_expires_at: number;
    ended_at: number | null;
  };
}

const { statement } = statements<Tables>();

const rotateAnyhow = statement((db, p: Rotation & { next: number }) =>
  db
    .updateTable('sessions')
    .set({ generation: p.next, token_hash: p.nextHash, rotated_at: p.now, idle_expires_at: p.idleExpiresAt })
    .where('id', '=', p.id),
);

const rotateThoughEnded = statement((db, p: Rotation & { next: number }) =>
  db
    .updateTable('sessions')
    .set({ generation: p.next, token_hash: p.nextHash, rotated_at: p.now, idle_expires_at: p.idleExpiresAt })
    .where('id', '=', p.id)
    .where('generation', '=', p.generation)
    .where('token_hash', '=', p.hash)
    .where('expires_at', '>', p.now)
    .where('idle_expires_at', '>', p.now),
);

const rotateProlonging = statement((db, p: Rotation & { next: number; expiresAt: number }) =>
  db
    .updateTable('sessions')
    .set({ generation: p.next, token_hash: p.nextHash, rotated_at: p.now, idle_expires_at: p.idleExpiresAt })
    .set({ expires_at: p.expiresAt })
    .where('id', '=', p.id)
    .where('generation', '=', p.generation)
    .where('token_hash', '=', p.hash)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', p.now)
    .where('idle_expires_at', '>', p.now),
);

const onStore = (change: (store: SessionsStore) => Partial<SessionsStore>): SessionParts => ({
  store: (store) => ({ ...store, ...change(store) }),
});

/** Reads, decides, then writes: what the conditional update is there to prevent. */
const readThenWrite = onStore((store) => ({
  async rotate(tx, rotation) {
    const session = await store.find(tx, rotation.id, rotation.now);
    const isCurrent =
      session !== undefined &&
      session.endedAt === undefined &&
      session.generation === rotation.generation &&
      session.tokenHash === rotation.hash &&
      rotation.now < session.expiresAt &&
      rotation.now < session.idleExpiresAt;
    if (!isCurrent) return false;
    await tx.execute(rotateAnyhow, { ...rotation, next: rotation.generation + 1 });
    return true;
  },
}));

/** To whoever comes too late the session looks as if theirs were its newest but one. */
const graceForAncestors = onStore((store) => {
  const refused = new WeakMap<object, Rotation>();
  return {
    async rotate(tx, rotation) {
      const rotated = await store.rotate(tx, rotation);
      if (!rotated) refused.set(tx, rotation);
      return rotated;
    },
    async find(db, id, now) {
      const session = await store.find(db, id, now);
      const rotation = refused.get(db);
      if (session === undefined || rotation === undefined || rotation.generation >= session.generation) return session;
      return { ...session, generation: rotation.generation + 1, tokenHash: rotation.nextHash };
    },
  };
});

/** Each refresh draws a successor of its own. */
const drawnSuccessor: SessionParts = {
  refreshTokens: (tokens) => ({
    ...tokens,
    successorOf: (token) =>
      tokens.successorOf({ ...token, text: new Secret(`..${testRandom.bytes(32).toString('base64url')}.`) }),
  }),
};

const theftIgnored = onStore((store) => ({
  end: async (tx, id, reason, at) => reason === 'stolen' || store.end(tx, id, reason, at),
}));

/** Thrown inside the transaction, so that the end of the session is rolled back with it. */
const theftRolledBack = onStore((store) => ({
  async end(tx, id, reason, at) {
    const ended = await store.end(tx, id, reason, at);
    if (ended && reason === 'stolen') throw refreshTokenReused();
    return ended;
  },
}));

const theftEndsAll = onStore((store) => ({
  async end(tx, id, reason, at) {
    const session = await store.find(tx, id, at);
    const ended = await store.end(tx, id, reason, at);
    if (reason === 'stolen' && session !== undefined) await store.endAllOf(tx, session.user.id, reason, at);
    return ended;
  },
}));

const endForgotten = onStore((store) => ({
  rotate: async (tx, rotation) =>
    (await tx.execute(rotateThoughEnded, { ...rotation, next: rotation.generation + 1 })) === 1,
  async find(db, id, now) {
    const session = await store.find(db, id, now);
    return session && { ...session, endedAt: undefined };
  },
  async findGranted(db, id, now) {
    const session = await store.findGranted(db, id, now);
    return session && { ...session, endedAt: undefined };
  },
}));

/** The single update asks for nothing again of what was read, as if nobody came in between. The judge behind it is as it was. */
const onceAnyhow = onStore((store) => {
  const plain = new WeakSet<object>();
  return {
    async findGranted(db, id, now) {
      plain.add(db);
      return store.findGranted(db, id, now);
    },
    rotate: async (tx, rotation) =>
      plain.has(tx)
        ? (await tx.execute(rotateAnyhow, { ...rotation, next: rotation.generation + 1 })) === 1
        : store.rotate(tx, rotation),
  };
});

const endTouchesNothing = onStore(() => ({ end: async () => true }));

const endAllTouchesNothing = onStore(() => ({ endAllOf: async () => 0 }));

const prolonged = onStore(() => ({
  async rotate(tx, rotation) {
    const expiresAt = rotation.now + 2 * 86_400_000;
    return (await tx.execute(rotateProlonging, { ...rotation, next: rotation.generation + 1, expiresAt })) === 1;
  },
}));

/** Each node asks once, and then remembers who somebody was. */
const rememberedAccess = onStore((store) => {
  const known = new Map<string, Awaited<ReturnType<SessionsStore['authenticate']>>>();
  return {
    async authenticate(db, claim) {
      const found = known.get(claim.session) ?? (await store.authenticate(db, claim));
      if (found !== undefined) known.set(claim.session, found);
      return found;
    },
  };
});

export const sabotages: Readonly<Record<string, SessionParts>> = {
  'read, then write, instead of the conditional update': readThenWrite,
  'a single update that asks for nothing of what was read': onceAnyhow,
  'a grace for every ancestor, not for the parent alone': graceForAncestors,
  'a successor that is drawn, not derived': drawnSuccessor,
  'theft that ends nothing': theftIgnored,
  'theft that is rolled back with its own transaction': theftRolledBack,
  'theft that ends the other sessions too': theftEndsAll,
  'a rotation that does not look whether the session has ended': endForgotten,
  'an end that touches no row': endTouchesNothing,
  'a logout everywhere that touches no row': endAllTouchesNothing,
  'a refresh that moves the absolute end': prolonged,
  'a node that remembers who was let in': rememberedAccess,
};
