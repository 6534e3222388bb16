import type { Logger } from 'pino';
import type { Features } from './compose.ts';

/** Work that recurs while a server runs. Every node and worker does it: each piece bears being done by many at once. */
interface Chore {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

const minuteMs = 60_000;

const choresOf = ({ roles, sessions, throttle, keys, apiKeys, accounts, personalData }: Features): readonly Chore[] => [
  { name: 'sweeping deleted roles', everyMs: 60 * minuteMs, run: () => roles.sweep() },
  { name: 'sweeping sessions', everyMs: 60 * minuteMs, run: () => sessions.sweep() },
  { name: 'sweeping counters', everyMs: 60 * minuteMs, run: () => throttle.sweep() },
  { name: 'sweeping API keys', everyMs: 60 * minuteMs, run: () => apiKeys.sweep() },
  { name: 'recording the use of API keys', everyMs: minuteMs / 6, run: () => apiKeys.recordUses() },
  { name: 'tidying disabled users', everyMs: minuteMs, run: () => accounts.forgetRunOut() },
  { name: 'purging deleted users', everyMs: 10 * minuteMs, run: () => personalData.purgeDue() },
  { name: 'the upkeep of signing keys', everyMs: minuteMs, run: () => keys.upkeep() },
];

/** Does the chores now and then until `end`. One that fails is tried again at its next turn. */
export async function doChoresUntil(end: Promise<void>, features: Features, logger: Logger): Promise<void> {
  const timers = choresOf(features).map(({ name, everyMs, run }) =>
    setInterval(() => run().catch((error: unknown) => logger.error({ err: error }, `${name} failed`)), everyMs),
  );
  await end;
  for (const timer of timers) clearInterval(timer);
}
