import assert from 'node:assert/strict';
import type { History } from './history.ts';
import type { Issued } from './node.ts';

import { type Outcome, type Presenter, type Request, type Seen, type SeenToken, skewMs } from './seen.ts';

/**
 * The promises, each checked by itself and without the model, so that an error in the model hides nothing. They speak of true time, and
 * so leave room for the clocks of the machines.
 */

/** What was known when a refresh token was presented. */
export interface Knowledge {
  readonly at: number;
  /** The answer that first gave its successor, if that was known. */
  readonly answered: SeenToken['answered'];
  /** Whether the successor of its successor had been answered. */
  readonly isOlder: boolean;
}

export const knowledgeOf = (history: History, { tokens }: Seen, generation: number): Knowledge => ({
  at: history.now,
  answered: tokens[generation]?.answered,
  isOlder: tokens[generation + 1]?.answered !== undefined,
});

/** A new session, or a token of one. */
export function register(history: History, place: number, issued: Issued, startedAt: number): Seen {
  const seen: Seen = {
    place,
    issued,
    startedAt,
    tokens: [{ text: issued.refreshToken }],
    access: [{ text: issued.accessToken, expiresAt: issued.accessExpiresAt }],
    refreshes: [],
    revocations: [],
    stored: 0,
    disturbed: Number.POSITIVE_INFINITY,
    overSince: Number.POSITIVE_INFINITY,
  };
  history.sessions.set(place, seen);
  return seen;
}

export function checkRefresh(
  history: History,
  seen: Seen,
  generation: number,
  { by, before, outcome }: { by: Presenter; before: Knowledge; outcome: Outcome<Issued> },
): void {
  const { answer, result, request } = outcome;
  if (result !== undefined) {
    assertLives(seen, outcome);
    assertNotStale(history, before);
    extendChain(history, seen, generation, outcome, result);
  } else if (answer !== undefined && by === 'tab') assertExcused(history, seen, generation, outcome);
  if (answer === undefined && mayBeLate(history, seen, generation, request))
    seen.disturbed = Math.min(seen.disturbed, request.began);
  if (answer !== 'theft') return;
  seen.overSince = Math.min(seen.overSince, request.ended);
  seen.disturbed = Math.min(seen.disturbed, request.ended);
}

export function checkAccess(seen: Seen, outcome: Outcome<void>): void {
  if (outcome.answer === 'accepted') assertLives(seen, outcome);
}

/** Nothing survives its revocation: who comes after somebody was told that it is over gets nothing, on any node. */
function assertLives({ place, overSince }: Seen, { request }: Outcome<unknown>): void {
  assert.ok(request.began < overSince, `${request.name}: session ${place} had been ended before`);
}

/** A replay outside the grace never gets anything. */
function assertNotStale({ rules }: History, { at, answered, isOlder }: Knowledge): void {
  if (answered === undefined) return;
  assert.ok(!isOlder, 'a token got tokens although the successor of its successor was out');
  const late = rules.graceMs === 0 || at - answered.at >= rules.graceMs + skewMs;
  assert.ok(!late, `a token got tokens ${at - answered.at} ms after its successor was out`);
}

/** At most one chain: of each generation there is one token, and no refresh moves the absolute end. */
function extendChain(
  { now }: History,
  seen: Seen,
  generation: number,
  { request }: Outcome<Issued>,
  issued: Issued,
): void {
  const known = seen.tokens[generation + 1];
  assert.ok(known === undefined || known.text === issued.refreshToken, `two tokens of generation ${generation + 1}`);
  assert.ok(seen.tokens.every(({ text }, at) => text !== issued.refreshToken || at === generation + 1));
  assert.equal(issued.sessionId, seen.issued.sessionId);
  assert.equal(issued.sessionExpiresAt, seen.issued.sessionExpiresAt, 'the absolute life was moved');
  assert.ok(issued.accessExpiresAt <= issued.sessionExpiresAt || issued.sessionExpiresAt - now < 2_000);
  seen.tokens[generation + 1] ??= { text: issued.refreshToken };
  const presented = seen.tokens[generation];
  if (presented !== undefined) presented.answered ??= { at: now, on: request.machine };
  seen.access.push({ text: issued.accessToken, expiresAt: issued.accessExpiresAt });
}

/** An honest client is never refused inside the grace, nor ever while nobody else has the token. */
function assertExcused(history: History, seen: Seen, generation: number, { request, answer }: Outcome<Issued>): void {
  const excuses = [
    seen.disturbed < request.ended,
    mayBeLate(history, seen, generation, request),
    mayBeTooOld(history, seen),
  ];
  assert.ok(excuses.includes(true), `an honest client was answered ${answer}: ${request.name}`);
}

/** Whether some clock may show that the token was used before the grace; without a grace, whether others have used it too. */
function mayBeLate({ rules, now }: History, seen: Seen, generation: number, { token, began }: Request): boolean {
  const shared = seen.refreshes.some((other) => other.token === token && other.began !== began);
  const first = seen.tokens[generation]?.presented?.at ?? now;
  return shared && now - first >= Math.max(0, rules.graceMs - skewMs);
}

/** Whether some clock may show that its absolute or its idle life is over. */
function mayBeTooOld({ rules, now }: History, { tokens, startedAt }: Seen): boolean {
  const rotatedAt = tokens[tokens.length - 2]?.presented?.at ?? startedAt;
  return now - startedAt >= rules.lifeMs - skewMs || now - rotatedAt >= rules.idleMs - skewMs;
}
