import assert from 'node:assert/strict';
import type { Machine } from './ground.ts';
import type { History } from './history.ts';
import { checkAccess, checkRefresh, type Knowledge, knowledgeOf, register } from './invariants.ts';
import { noteRefresh } from './landmarks.ts';
import type { Act } from './model.ts';
import type { Issued, Node } from './node.ts';
import type { Outcome, Presenter, Request, Seen } from './seen.ts';

/** Presents the refresh token of a generation. */
export async function refresh(
  history: History,
  seen: Seen,
  generation: number,
  { machine, by }: { readonly machine: Machine; readonly by: Presenter },
): Promise<Outcome<Issued>> {
  const token = seen.tokens[generation];
  assert.ok(token);
  const { place } = seen;
  const before: Knowledge = knowledgeOf(history, seen, generation);
  const request = history.begin(`s${place} refresh of g${generation} (${by})`, machine, `${place} ${generation}`);
  seen.refreshes.push(request);
  token.presented ??= { at: history.now };
  if (by !== 'tab') disturb([seen], request);
  const outcome = await history.send(request, (node) => node.refresh(token.text), 'issued');
  history.observe(request, { kind: 'refresh', session: place, generation }, outcome.answer);
  noteRefresh(history, seen, { by, before, outcome });
  checkRefresh(history, seen, generation, { by, before, outcome });
  return outcome;
}

/** Presents an access token. */
export async function access(history: History, seen: Seen, which: number, machine: Machine): Promise<void> {
  const token = seen.access[which];
  assert.ok(token);
  const request = history.begin(`s${seen.place} access`, machine);
  const outcome = await history.send(request, (node) => node.access(token.text), 'accepted');
  const good = goods(request, token.expiresAt);
  history.observe(
    request,
    good.map((it) => ({ kind: 'access', session: seen.place, good: it })),
    outcome.answer,
  );
  checkAccess(seen, outcome);
}

/** Begins one more session. */
export async function logIn(history: History, machine: Machine): Promise<void> {
  const startedAt = history.now;
  const request = history.begin('login', machine);
  const place = history.claimPlace();
  const password = history.password.known;
  const outcome = await history.send(request, (node) => node.logIn(history.user.name, password), 'issued');
  history.observe(request, { kind: 'log-in', session: place, password }, outcome.answer);
  if (outcome.result === undefined) return;
  const seen = register(history, place, outcome.result, startedAt);
  if (history.revokedAt > request.began) disturb([seen], request);
}

/** What ends sessions. It is told to the model, and nothing of what it has ended may live on. */
export interface Revocation {
  readonly title: string;
  readonly ends: (place: number) => boolean;
  readonly work: (node: Node) => Promise<void>;
  /** What it was to the model; a part of which it is not sure whether it was done has its own answer. */
  readonly parts: (request: Request, sure: (place: number) => boolean) => readonly Part[];
}

interface Part {
  readonly acts: readonly Act[];
  readonly sure: boolean;
}

export async function revoke(history: History, machine: Machine, revocation: Revocation): Promise<boolean> {
  const { title, ends, work, parts } = revocation;
  const known = () => [...history.sessions.values()].filter(({ place }) => ends(place));
  const atFirst = known();
  const request = history.begin(title, machine);
  disturb(atFirst, request);
  for (const seen of atFirst) seen.revocations.push(request);
  history.revokedAt = Number.POSITIVE_INFINITY;
  const { answer } = await history.send(request, work, 'done');
  history.revokedAt = request.ended;
  disturb(known(), request);
  const isOld = (place: number) => atFirst.some((seen) => seen.place === place);
  for (const { acts, sure } of parts(request, isOld)) history.observe(request, acts, sure ? answer : undefined);
  if (answer !== 'done') return false;
  for (const seen of atFirst) seen.overSince = Math.min(seen.overSince, request.ended);
  return true;
}

const disturb = (sessions: readonly Seen[], { began }: Request): void => {
  for (const seen of sessions) seen.disturbed = Math.min(seen.disturbed, began);
};

/** Whether, by the clock of its node, an access token was good while a request ran: both, where the clock moved over its end. */
const goods = ({ readings }: Request, expiresAt: number): readonly boolean[] => [
  ...new Set(readings.map((reading) => reading < expiresAt)),
];

/** By the newest access token, or by the oldest refresh token: any will do. */
export function logOut(seen: Seen, by: 'access' | 'refresh', everywhere: boolean): Revocation {
  const { place } = seen;
  const { text: accessToken = '', expiresAt = 0 } = seen.access.at(-1) ?? {};
  const refreshToken = seen.tokens[0]?.text ?? '';
  return {
    title: `s${place} logout ${everywhere ? 'everywhere ' : ''}by ${by} token`,
    ends: (other) => everywhere || other === place,
    work: (node) => node.logOut(by === 'access' ? { accessToken } : { refreshToken }, { everywhere }),
    parts: (request) => {
      const good = by === 'access' ? goods(request, expiresAt) : [true];
      const own = { acts: good.map((it) => ({ kind: 'log-out', session: place, good: it }) as const), sure: true };
      return everywhere ? [own, { acts: [{ kind: 'end-all' }], sure: false }] : [own];
    },
  };
}

export const endOthers = (history: History, kept: Seen): Revocation => ({
  title: `the owner ends all but s${kept.place}`,
  ends: (place) => place !== kept.place,
  work: (node) => node.endOthers(kept.issued),
  // A session that began meanwhile may have been met, or not.
  parts: (_request, sure) =>
    Array.from({ length: history.places }, (_, session) => session)
      .filter((session) => session !== kept.place)
      .map((session) => ({ acts: [{ kind: 'end', session }], sure: sure(session) })),
});

/** Changes the password from a session that stays. */
export async function changePassword(history: History, kept: Seen, machine: Machine): Promise<void> {
  const { password } = history;
  const { place } = kept;
  const { text = '', expiresAt = 0 } = kept.access.at(-1) ?? {};
  const from = password.known;
  password.last += 1;
  const to = password.last;
  const changed = await revoke(history, machine, {
    title: `s${place} changes the password`,
    ends: (other) => other !== place,
    work: (node) => node.changePassword(text, { from, to }),
    parts: (request) => [
      {
        acts: goods(request, expiresAt).map((good) => ({ kind: 'change-password', session: place, good, from, to })),
        sure: true,
      },
    ],
  });
  if (changed) password.known = to;
}

export const administer = (history: History, kind: 'end-all' | 'disable' | 'enable' | 'remove'): Revocation => ({
  title: `an administrator's ${kind}`,
  ends: () => kind !== 'enable',
  work: (node) => node.administer[kind](history.user.issued),
  parts: () => [{ acts: [{ kind }], sure: true }],
});
