import { parentPort } from 'node:worker_threads';
import { type ManyRounds, runRounds } from './many-rounds.ts';
import { letThisThreadYield } from './yielding-threads.ts';

/** What the thread is asked, and what it answers. */
export interface RoundsRequest {
  readonly id: number;
  readonly work: ManyRounds;
}
export interface RoundsReply {
  readonly id: number;
  readonly digest: Uint8Array;
}

letThisThreadYield();
parentPort?.on('message', ({ id, work }: RoundsRequest) => {
  const reply: RoundsReply = { id, digest: runRounds(work) };
  parentPort?.postMessage(reply);
});
