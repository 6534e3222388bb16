import type { Machine } from './ground.ts';
import type { Isolation } from './interleaved-database.ts';
import type { Answer } from './model.ts';
import type { Issued } from './node.ts';

/** Between two machines, and of one machine over time, clocks differ by no more than this. Bounded, as the promises are. */
export const skewMs = 3_000;

/** What is decided before a history begins. */
export interface Situation {
  /** No grace at all. */
  readonly strict: boolean;
  readonly isolation: Isolation;
  /** Only honest clients: no thief, nobody impatient, nothing revoked. */
  readonly peaceful: boolean;
  /** How all refresh tokens that were ever seen are tried at the end. */
  readonly finale: 'newest first' | 'oldest first' | 'after the grace';
}

/** Who presents a refresh token. Only to a tab anything is promised. */
export type Presenter = 'tab' | 'impatient client' | 'thief' | 'probe';

/** A request, from when it left its client. `began` and `ended` count moments, in one order for all. */
export interface Request {
  readonly name: string;
  readonly machine: Machine;
  readonly began: number;
  readonly deaths: number;
  /** The token that it presents, as `session generation`; empty for what is no refresh. */
  readonly token: string;
  /** What the clock of the machine has shown meanwhile. */
  readonly readings: number[];
  ended: number;
  committed: boolean;
}

export interface Outcome<T> {
  readonly request: Request;
  /** `undefined` when nobody can know. */
  readonly answer: Answer | undefined;
  readonly result: T | undefined;
}

/** A refresh token that somebody has seen. */
export interface SeenToken {
  readonly text: string;
  /** Its first presentation, in true time. */
  presented?: { readonly at: number };
  /** The first answer that gave its successor. */
  answered?: { readonly at: number; readonly on: Machine };
}

/** A session as somebody knows it who reads every wire, but not the database. */
export interface Seen {
  readonly place: number;
  readonly issued: Issued;
  readonly startedAt: number;
  /** By generation. */
  readonly tokens: SeenToken[];
  readonly access: { readonly text: string; readonly expiresAt: number }[];
  readonly refreshes: Request[];
  readonly revocations: Request[];
  /** The generation that lies in the storage of the owner's tabs. */
  stored: number;
  /** The moment at which something came that an honest owner is not promised to survive: a thief, a revocation. */
  disturbed: number;
  /** The moment at which somebody was told that the session is over. */
  overSince: number;
}
