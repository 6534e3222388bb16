import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { openGround } from './ground.ts';
import type { Landmark } from './landmarks.ts';
import { type ProofOptions, prove, type Verdict } from './proof.ts';

export interface Histories extends Verdict {
  /** How many came past each landmark. */
  readonly reached: ReadonlyMap<Landmark, number>;
}

type Options = Pick<ProofOptions, 'runs' | 'seed' | 'path' | 'replayPath'>;

/** Runs histories on a ground of their own. */
export async function runHistories(options: Options): Promise<Histories> {
  await using ground = await openGround();
  const reached = new Map<Landmark, number>();
  return { ...(await prove(ground, { ...options, reached })), reached };
}

/** The same on a thread of its own. */
export async function runHistoriesApart(options: Options): Promise<Histories> {
  const worker = new Worker(new URL('./histories-worker.ts', import.meta.url), { workerData: options });
  const ended = once(worker, 'exit');
  const [histories] = await once(worker, 'message');
  await ended;
  return histories;
}
