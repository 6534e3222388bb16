import type { Logger } from 'pino';
import type { Clock } from '../kernel/clock.ts';
import type { Features } from './compose.ts';

/** Work that recurs while a server runs. Every node and worker does it: each piece bears being done by many at once. */
interface Chore {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

const minuteMs = 60_000;

const choresOf = ({
  audit,
  roles,
  sessions,
  throttle,
  oneTimeCodes,
  keys,
  apiKeys,
  accounts,
  personalData,
  mail,
}: Features): readonly Chore[] => [
  { name: 'sweeping deleted roles', everyMs: 60 * minuteMs, run: () => roles.sweep() },
  { name: 'sweeping sessions', everyMs: 60 * minuteMs, run: () => sessions.sweep() },
  { name: 'sweeping counters', everyMs: 60 * minuteMs, run: () => throttle.sweep() },
  { name: 'sweeping one-time tokens', everyMs: 60 * minuteMs, run: () => oneTimeCodes.sweep() },
  { name: 'sweeping API keys', everyMs: 60 * minuteMs, run: () => apiKeys.sweep() },
  { name: 'recording the use of API keys', everyMs: minuteMs / 6, run: () => apiKeys.recordUses() },
  { name: 'tidying disabled users', everyMs: minuteMs, run: () => accounts.forgetRunOut() },
  { name: 'purging deleted users', everyMs: 10 * minuteMs, run: () => personalData.purgeDue() },
  { name: 'the upkeep of signing keys', everyMs: minuteMs, run: () => keys.upkeep() },
  { name: 'sweeping the outbox', everyMs: 60 * minuteMs, run: () => mail.sweep() },
  { name: 'looking after the outbox', everyMs: minuteMs, run: () => mail.lookAfter() },
  // Goes on by itself while there is more, and ends with the requests under way (server.ts).
  { name: 'sending mails', everyMs: 1_000, run: async () => mail.delivery.begin() },
  { name: 'sealing the audit record', everyMs: 1_000, run: () => audit.upkeep() },
];

/** Does the chores now and then until `end`, and finishes those under way. One that fails is tried again at its next turn. */
export async function doChoresUntil(
  end: Promise<void>,
  features: Features,
  { logger, clock }: { logger: Logger; clock: Clock },
): Promise<void> {
  const started = choresOf(features).map((chore) => start(chore, logger, clock));
  await end;
  await Promise.all(started.map((stop) => stop()));
}

/** @returns what ends it and waits until nothing of it is under way */
function start({ name, everyMs, run }: Chore, logger: Logger, clock: Clock): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  let loggedAt: number | undefined;

  /** A chore of every second must not fill the log while a database is away. */
  const log = (error: unknown): void => {
    if (loggedAt !== undefined && clock.now() - loggedAt < minuteMs) return;
    loggedAt = clock.now();
    logger.error({ err: error }, `${name} failed`);
  };
  const turn = (): void => {
    underWay ??= run()
      .then(() => {}, log)
      .finally(() => {
        underWay = undefined;
      });
  };
  const timer = setInterval(turn, everyMs);
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}
