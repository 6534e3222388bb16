import { parentPort, workerData } from 'node:worker_threads';
import { runHistories } from './histories.ts';

/** Histories on a thread of their own: on the main one the test runner watches every promise, and that takes three times as long. */
parentPort?.postMessage(await runHistories(workerData));
