import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commands } from './commands.ts';
import type { Ground } from './ground.ts';
import { beginHistory, type History } from './history.ts';
import type { Isolation } from './interleaved-database.ts';
import type { Landmark } from './landmarks.ts';
import { access, refresh } from './requests.ts';
import { type Seen, type Situation, skewMs } from './seen.ts';

export interface ProofOptions {
  readonly runs: number;
  readonly seed: number;
  /** As a failing run has printed them: to run that history again. */
  readonly path?: string | undefined;
  readonly replayPath?: string | undefined;
  /** Counts the histories that came past each landmark. */
  readonly reached?: Map<Landmark, number>;
  /** Without looking for a smaller one. */
  readonly endOnFailure?: boolean;
}

export interface Verdict {
  readonly histories: number;
  /** What was broken; `undefined` when every promise was kept. */
  readonly broken: string | undefined;
  /** All that is known of it: seed, path, the history, smaller if one was found. */
  readonly report: string;
}

const situations = (onServer: boolean): fc.Arbitrary<Situation> =>
  fc.record({
    strict: fc.constantFrom(false, false, false, false, true),
    isolation: fc.constantFrom<Isolation>(...(onServer ? [] : ['statements' as const]), 'transactions'),
    peaceful: fc.constantFrom(false, false, false, true),
    finale: fc.constantFrom('newest first', 'oldest first', 'after the grace'),
  });

/** Lets histories run on a ground, and tells whether one of them broke a promise. */
export async function prove(ground: Ground, options: ProofOptions): Promise<Verdict> {
  const { runs, seed, path, replayPath, reached, endOnFailure = false } = options;
  const property = fc.asyncProperty(
    situations(ground.onServer),
    fc.scheduler(),
    commands(replayPath === undefined ? {} : { replayPath }),
    async (situation, scheduler, chosen) => {
      const history = await beginHistory(ground, situation, scheduler);
      try {
        await fc.asyncModelRun(() => ({ model: history, real: history }), chosen);
        await tryEverything(history);
        await checkRecord(history, ground);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        throw new Error(`${words}\n\nWhat happened:\n${history.log.join('\n')}\n`, { cause: error });
      }
      for (const landmark of history.reached) reached?.set(landmark, (reached.get(landmark) ?? 0) + 1);
    },
  );
  const details = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure,
    ...(path === undefined ? {} : { path }),
  });
  const words = details.errorInstance instanceof Error ? details.errorInstance.message : '';
  return {
    histories: details.numRuns,
    broken: details.failed ? words.split('\n')[0] : undefined,
    report: details.failed ? `${words}\n${fc.defaultReportMessage(details)}` : '',
  };
}

/** At the end every token that was ever seen is tried once more, on both machines. */
async function tryEverything(history: History): Promise<void> {
  const { finale } = history.situation;
  history.log.push(`  at the end, ${finale}:`);
  for (const seen of history.sessions.values()) {
    // Of a session that is over, each one; of another, the newest. A node here, the other there.
    const newest = seen.access.length - 1;
    for (let which = seen.overSince < Number.POSITIVE_INFINITY ? 0 : newest; which <= newest; which += 1) {
      const machine = history.machines[(seen.place + which) % 2] ?? history.machines[0];
      await history.alone(() => access(history, seen, which, machine));
    }
  }
  if (finale === 'after the grace') history.wait(history.rules.graceMs + skewMs);
  for (const seen of history.sessions.values()) await tryRefreshTokens(history, seen);
}

/** At most one living chain: after the grace, or once the newest was used, at most one token can go on, and it is the newest. */
async function tryRefreshTokens(history: History, seen: Seen): Promise<void> {
  const { finale } = history.situation;
  const generations = [...seen.tokens.keys()];
  const newest = generations.at(-1);
  const living: number[] = [];
  for (const generation of finale === 'oldest first' ? generations : generations.toReversed()) {
    const machine = history.machines[generation % 2] ?? history.machines[0];
    await history.alone(async () => {
      const { answer } = await refresh(history, seen, generation, { machine, by: 'probe' });
      if (answer === 'issued') living.push(generation);
    });
  }
  if (finale === 'oldest first') return;
  assert.ok(living.length === 0 || (living.length === 1 && living[0] === newest), `${living} can go on, not ${newest}`);
}

/** Each theft stands in the record once, and nothing else does. */
async function checkRecord({ machines, sessions, possible }: History, ground: Ground): Promise<void> {
  const stolen: string[] = [];
  for (;;) {
    const events = await machines[0].node.eventsSince(ground.lastEvent);
    for (const { event, session } of events) if (event === 'session.stolen') stolen.push(session ?? '');
    ground.lastEvent = events.at(-1)?.id ?? ground.lastEvent;
    if (events.length === 0) break;
  }
  const countOf = ({ issued }: Seen) => stolen.filter((session) => session === issued.sessionId).length;
  const fits = possible.some((state) =>
    [...sessions.values()].every((seen) => countOf(seen) === (state.sessions[seen.place]?.ended === 'stolen' ? 1 : 0)),
  );
  assert.ok(fits, `the record of thefts is wrong: ${[...sessions.values()].map(countOf)}`);
}
