import type { History } from './history.ts';
import type { Knowledge } from './invariants.ts';
import type { Issued } from './node.ts';
import type { Outcome, Presenter, Seen } from './seen.ts';

/** What a history may come past. A proof that never gets there proves nothing. */
export const landmarks = [
  'one token in two refreshes at once',
  'the statements of two refreshes of a session mixed',
  'a repeat',
  'a repeat on the other node',
  'an answer lost and asked for again',
  'a theft told by generation, within the grace',
  'a theft told by time, after the grace',
  'a revocation that overtook a refresh',
  'a refresh that was answered in the middle of a revocation',
  'a node that died before the commit',
  'a node that died between commit and answer',
  'a clock that stepped back under a request',
  'a session too old',
  'a session idle for too long',
  'an honest refresh among honest clients',
] as const;
export type Landmark = (typeof landmarks)[number];

/** Notes what a refresh has come past. */
export function noteRefresh(
  { reached, rules, now, situation }: History,
  seen: Seen,
  { by, before, outcome }: { by: Presenter; before: Knowledge; outcome: Outcome<Issued> },
): void {
  const { request, answer } = outcome;
  const { answered, isOlder } = before;
  const mates = seen.refreshes.filter((it) => it.token === request.token && it !== request);
  if (mates.some(({ ended }) => ended > request.began)) reached.add('one token in two refreshes at once');

  if (answer === 'issued') {
    if (by === 'tab' && situation.peaceful) reached.add('an honest refresh among honest clients');
    if (answered !== undefined) reached.add('a repeat');
    if (answered !== undefined && answered.on !== request.machine) reached.add('a repeat on the other node');
  }
  if (answer === 'theft' && answered !== undefined) {
    const within = rules.graceMs > 0 && before.at - answered.at < rules.graceMs / 2;
    if (isOlder && within) reached.add('a theft told by generation, within the grace');
    if (!isOlder && rules.graceMs > 0) reached.add('a theft told by time, after the grace');
  }
  const overtaken = seen.revocations.some(({ ended }) => ended > request.began);
  if (overtaken && answer === 'refused') reached.add('a revocation that overtook a refresh');
  if (overtaken && answer === 'issued') reached.add('a refresh that was answered in the middle of a revocation');
  if (answer === 'refused' && request.ended < seen.disturbed) {
    reached.add(now - seen.startedAt >= rules.lifeMs ? 'a session too old' : 'a session idle for too long');
  }
}
