import { limits } from '../contenders/limits/limits.ts';
import { type Bench, nameOf, type Options } from './bench.ts';
import { machine } from './machine.ts';
import type { Results, SubjectResults } from './results.ts';

export const bareName = 'bare node:http';

/** What a run has found, for the report. */
export function resultsOf(
  { subjects, samples, starts, versions, notRun, instruments }: Bench,
  options: Options,
  othersCores: number,
): Results {
  const servers = subjects
    .filter(({ place }) => !place.refreshing)
    .map((it): SubjectResults => {
      const { name, store, hash, hashName, place } = it;
      const { first: firstStartMs, ...started } = starts.get(nameOf(it)) ?? {
        first: undefined,
        startMs: [],
        idleRssMib: [],
      };
      // What was refreshed apart belongs to the same contender.
      const apart = hash === 'own' ? samples.get(nameOf({ ...it, place: { ...place, refreshing: true } })) : undefined;
      return { name, store, hash, hashName, jobs: { ...samples.get(nameOf(it)), ...apart }, ...started, firstStartMs };
    });
  const bounds = [{ name: bareName, store: 'none' } as const, ...limits].map(({ name, store }): SubjectResults => {
    const none = { hash: 'own', hashName: '', startMs: [], idleRssMib: [], firstStartMs: undefined } as const;
    return { name, store, ...none, jobs: samples.get(name) ?? {} };
  });
  return {
    at: new Date().toISOString().slice(0, 10),
    quick: options.quick,
    rounds: options.rounds,
    machine: machine(),
    versions,
    othersCores,
    loadHasPrecedence: instruments.wrk.hasPrecedence,
    subjects: [...servers, ...bounds],
    notRun,
  };
}
