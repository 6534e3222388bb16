/**
 * How the rotation is meant, as a table and a handful of rules. Shares no code with the server: what is written down here twice is
 * what the proof compares. The same table stands in docs/refresh-rotation.md.
 */

/** Milliseconds since 1970. */
type Instant = number;

export interface Rules {
  readonly graceMs: number;
  readonly lifeMs: number;
  readonly idleMs: number;
}

export interface Session {
  /** How often it was rotated: the newest token has this generation. */
  readonly generation: number;
  readonly rotatedAt: Instant;
  readonly expiresAt: Instant;
  readonly idleUntil: Instant;
  readonly ended: 'no' | 'revoked' | 'stolen';
}

/** One user with their sessions, by number. */
export interface State {
  readonly user: 'active' | 'disabled' | 'deleted';
  /** Which of their passwords is the present one. */
  readonly password: number;
  readonly sessions: readonly (Session | undefined)[];
}

/** What somebody asks of a server. `good`: the access token, if it is one, has not expired. */
export type Act =
  | { readonly kind: 'log-in'; readonly session: number; readonly password: number }
  | { readonly kind: 'refresh'; readonly session: number; readonly generation: number }
  | { readonly kind: 'access'; readonly session: number; readonly good: boolean }
  | { readonly kind: 'log-out'; readonly session: number; readonly good: boolean }
  | { readonly kind: 'end'; readonly session: number }
  | { readonly kind: 'end-all' | 'disable' | 'enable' | 'remove' }
  | {
      readonly kind: 'change-password';
      readonly session: number;
      readonly good: boolean;
      readonly from: number;
      readonly to: number;
    };

/** `issued`: tokens, of a refresh the successor of what was presented. */
export type Answer = 'issued' | 'accepted' | 'done' | 'theft' | 'refused';

type Stage = 'never rotated' | 'rotated, within the grace' | 'rotated, after the grace' | 'ended';

/** What a refresh token of a session in this stage gives: the newest one, its parent, any older one. */
const meaning: Readonly<Record<Stage, Readonly<Record<'newest' | 'parent' | 'older', Answer>>>> = {
  'never rotated': { newest: 'issued', parent: 'refused', older: 'refused' },
  'rotated, within the grace': { newest: 'issued', parent: 'issued', older: 'theft' },
  'rotated, after the grace': { newest: 'issued', parent: 'theft', older: 'theft' },
  ended: { newest: 'refused', parent: 'refused', older: 'refused' },
};

const lives = (state: State, session: Session, now: Instant): boolean =>
  state.user === 'active' && session.ended === 'no' && now < session.expiresAt && now < session.idleUntil;

function stageOf(state: State, session: Session, now: Instant, { graceMs }: Rules): Stage {
  if (!lives(state, session, now)) return 'ended';
  if (session.generation === 0) return 'never rotated';
  // A clock that is behind the one that rotated sees no time gone by, never a negative one.
  const gone = Math.max(0, now - session.rotatedAt);
  return gone < graceMs ? 'rotated, within the grace' : 'rotated, after the grace';
}

const ageOf = (session: Session, generation: number) =>
  (['newest', 'parent'] as const)[session.generation - generation] ?? 'older';

const withSession = (state: State, place: number, session: Session): State => ({
  ...state,
  sessions: Object.assign([...state.sessions], { [place]: session }),
});

const withoutSessions = (state: State, kept?: number): State => ({
  ...state,
  sessions: state.sessions.map((it, place) =>
    it?.ended === 'no' && place !== kept ? { ...it, ended: 'revoked' as const } : it,
  ),
});

interface Step {
  readonly answer: Answer;
  readonly state: State;
}

/** What must be answered when this is asked of a server whose clock shows `now`, and what is true afterwards. */
export function apply(state: State, act: Act, now: Instant, rules: Rules): Step {
  const refused: Step = { answer: 'refused', state };
  if (act.kind === 'log-in') return logIn(state, act, now, rules);
  if (!('session' in act))
    return state.user === 'deleted' ? refused : { answer: 'done', state: ofUser(state, act.kind) };

  const session = state.sessions[act.session];
  if (session === undefined) return refused;
  const end = (ended: 'revoked' | 'stolen') => withSession(state, act.session, { ...session, ended });
  const alive = lives(state, session, now);
  switch (act.kind) {
    case 'refresh':
      return refresh(state, session, act, now, rules);
    case 'access':
      return alive && act.good ? { answer: 'accepted', state } : refused;
    case 'log-out':
      return alive && act.good ? { answer: 'done', state: end('revoked') } : refused;
    // Whether it is too old or not: by another clock it may be alive.
    case 'end':
      return { answer: 'done', state: session.ended === 'no' ? end('revoked') : state };
    case 'change-password':
      if (!alive || !act.good || act.from !== state.password) return refused;
      return { answer: 'done', state: { ...withoutSessions(state, act.session), password: act.to } };
  }
}

function ofUser(state: State, kind: 'end-all' | 'disable' | 'enable' | 'remove'): State {
  const user = { 'end-all': state.user, disable: 'disabled', enable: 'active', remove: 'deleted' } as const;
  return { ...(kind === 'enable' ? state : withoutSessions(state)), user: user[kind] };
}

function logIn(state: State, act: { session: number; password: number }, now: Instant, rules: Rules): Step {
  if (state.user !== 'active' || act.password !== state.password) return { answer: 'refused', state };
  const expiresAt = now + rules.lifeMs;
  const idleUntil = Math.min(expiresAt, now + rules.idleMs);
  const session: Session = { generation: 0, rotatedAt: now, expiresAt, idleUntil, ended: 'no' };
  return { answer: 'issued', state: withSession(state, act.session, session) };
}

function refresh(
  state: State,
  session: Session,
  act: { session: number; generation: number },
  now: Instant,
  rules: Rules,
): Step {
  const age = ageOf(session, act.generation);
  const answer = meaning[stageOf(state, session, now, rules)][age];
  if (answer === 'theft') return { answer, state: withSession(state, act.session, { ...session, ended: 'stolen' }) };
  if (answer !== 'issued' || age === 'parent') return { answer, state };
  const idleUntil = Math.min(session.expiresAt, now + rules.idleMs);
  const rotated = { ...session, generation: session.generation + 1, rotatedAt: now, idleUntil };
  return { answer, state: withSession(state, act.session, rotated) };
}
