import { type Act, type Answer, apply, type Rules, type State } from './model.ts';

/** One request as it was seen from outside. */
export interface Observation {
  /** What it may have been; more than one where a clock moved over the end of an access token. */
  readonly acts: readonly Act[];
  /** `undefined`: nobody knows what became of it (the node died); it may have happened or not. */
  readonly answer: Answer | undefined;
  /** Numbers of the moments at which it began and ended, in one order for all. */
  readonly began: number;
  readonly ended: number;
  /** What its node's clock has shown meanwhile. */
  readonly readings: readonly number[];
}

/**
 * Linearizability (Herlihy and Wing, 1990): requests that ran at the same time must be explained by the model in some order, one after
 * the other, in which nobody comes before a request that had already been answered when theirs began.
 *
 * @param before every state in which the world may have been
 * @returns every state in which it may be now; none when no order explains what was answered
 */
export function explain(before: readonly State[], observed: readonly Observation[], rules: Rules): State[] {
  const found = new Map<string, State>();
  const tried = new Set<string>();

  const search = (state: State, left: readonly Observation[]): void => {
    const place = `${left.map(({ began }) => began).join()}/${JSON.stringify(state)}`;
    if (tried.has(place)) return;
    tried.add(place);
    if (left.length === 0) found.set(JSON.stringify(state), state);
    for (const next of left) {
      if (left.some((other) => other.ended < next.began)) continue;
      const others = left.filter((other) => other !== next);
      if (next.answer === undefined) search(state, others);
      for (const now of new Set(next.readings)) {
        for (const act of next.acts) {
          const outcome = apply(state, act, now, rules);
          if (next.answer === undefined || outcome.answer === next.answer) search(outcome.state, others);
        }
      }
    }
  };

  for (const state of before) search(state, observed);
  return [...found.values()];
}
