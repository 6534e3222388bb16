/** The process that makes the load: it takes orders over IPC and answers each with what it has measured. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Interval, monotonicMs, watchGaps } from './gaps.ts';
import { createWire, requestOf } from './wire.ts';

/** What the load is told to do. All rates are per second. */
export type Order =
  /** So many clients log in, each again as soon as it has an answer. */
  | { readonly kind: 'clients'; readonly clients: number; readonly seconds: number }
  /** Logins come by themselves, at random moments (Poisson), whether or not earlier ones were answered. */
  | { readonly kind: 'arrivals'; readonly rate: number; readonly seconds: number };

/** One login, or one `GET /user`: when it was due, how it was answered, and after how long; all in milliseconds. */
export type Sample = readonly [due: number, status: number, ms: number];

export interface Outcome {
  readonly logins: readonly Sample[];
  readonly reads: readonly Sample[];
  /** By how many milliseconds the load itself sent late; its samples count from when they were due. */
  readonly lag: readonly number[];
  /** When it began, by the clock of `monotonicMs`. */
  readonly began: number;
  /** When the load itself did not run, and so may have sent or read late. */
  readonly gaps: readonly Interval[];
  /** How long the load lasted, without waiting for its last answers. */
  readonly milliseconds: number;
  /** What the load itself has used of the cores. */
  readonly cpuMs: number;
}

export interface Setting {
  readonly port: number;
  readonly emails: readonly string[];
  readonly password: string;
  readonly sources: number;
}

const readsPerSecond = 20;

function createLoad({ port, emails, password, sources }: Setting) {
  const wire = createWire(port);
  const gaps = watchGaps();
  let turn = 0;
  const logins = emails.map((email, place) =>
    requestOf('POST', '/login', {
      headers: { 'X-Forwarded-For': `192.0.2.${1 + (place % sources)}` },
      json: { email, password },
    }),
  );
  const nextLogin = () => logins[turn++ % logins.length] as Buffer;

  const logIn = async (began: number, due: number, into: Sample[]) => {
    const { status, ms } = await wire.send(nextLogin(), due);
    into.push([due - began, status, ms]);
  };

  const readUser = async () => {
    const answer = await wire.send(nextLogin(), performance.now());
    if (answer.status !== 200) throw new Error(`the first login was answered ${answer.status}: ${answer.body}`);
    const { access_token: token } = JSON.parse(answer.body);
    return requestOf('GET', '/user', { headers: { Authorization: `Bearer ${token}` } });
  };

  /** `GET /user` at even intervals until `end`. */
  const sampleReads = async (began: number, end: number, request: Buffer, into: Sample[]) => {
    const pending: Promise<void>[] = [];
    for (let due = began; due < end; due += 1_000 / readsPerSecond) {
      const waitMs = due - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      pending.push(wire.send(request, due).then(({ status, ms }) => void into.push([due - began, status, ms])));
    }
    await Promise.all(pending);
  };

  const byClients = async (clients: number, began: number, end: number, into: Sample[]) => {
    const client = async () => {
      while (performance.now() < end) await logIn(began, performance.now(), into);
    };
    await Promise.all(Array.from({ length: clients }, client));
  };

  const byArrivals = async (rate: number, began: number, end: number, into: Sample[], lag: number[]) => {
    const pending: Promise<void>[] = [];
    const gap = () => (-Math.log(1 - Math.random()) * 1_000) / rate;
    for (let due = began + gap(); due < end; due += gap()) {
      const waitMs = due - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      lag.push(performance.now() - due);
      pending.push(logIn(began, due, into));
    }
    await Promise.all(pending);
  };

  return async (order: Order): Promise<Outcome> => {
    const outcome = { logins: [] as Sample[], reads: [] as Sample[], lag: [] as number[] };
    const request = await readUser();
    gaps.take();
    const [began, beganAt, used] = [performance.now(), monotonicMs(), process.cpuUsage()];
    const milliseconds = order.seconds * 1_000;
    const end = began + milliseconds;
    await Promise.all([
      sampleReads(began, end, request, outcome.reads),
      order.kind === 'clients'
        ? byClients(order.clients, began, end, outcome.logins)
        : byArrivals(order.rate, began, end, outcome.logins, outcome.lag),
    ]);
    const { user, system } = process.cpuUsage(used);
    return { ...outcome, began: beganAt, gaps: gaps.take(), milliseconds, cpuMs: (user + system) / 1e3 };
  };
}

let load: ReturnType<typeof createLoad> | undefined;
process.on('message', async (message: Setting | Order) => {
  if ('port' in message) load = createLoad(message);
  else process.send?.(await load?.(message));
});
process.on('disconnect', () => process.exit());
