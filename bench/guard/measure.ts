import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createWire, requestOf, type Wire } from '../storm/wire.ts';
import type { Listening, Used } from './serve.ts';

/** What one request of a job costs. */
export interface Cost {
  /** Exactly so many, at every run. */
  readonly statements: number;
  readonly transactions: number;
  readonly hashes: number;
  /** The CPU time of one, as a multiple of what a bare `node:http` takes for an answer in the same process and the same run. */
  readonly cpuRatio: number;
}

export const jobs = ['sign in', 'read the current user', 'refresh', 'sign up'] as const;
export type Costs = Readonly<Record<(typeof jobs)[number], Cost>>;

type JobName = keyof Costs;

const rounds = 10;
const singles = 5;
const batches = { 'sign in': 80, 'read the current user': 400, refresh: 120, 'sign up': 80 } as const;
const bareBatch = 400;
const peopleCount = 8;

/** Does the four jobs over HTTP and takes of each what cost least: whatever else the machine or the server does only adds. */
export async function measureCosts(): Promise<Costs> {
  // Coverage of the test that asks for this would cost more than what is measured.
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const child = fork(join(import.meta.dirname, 'serve.ts'), { env, execArgv: [], stdio: [...stdio] });
  const died = once(child, 'exit').then(() => Promise.reject(new Error('the measured server has died')));
  died.catch(() => {});
  const heard = async <T>(): Promise<T> => (await Promise.race([once(child, 'message'), died]))[0];
  const look = () => {
    const answer = heard<Used>();
    child.send('look');
    return answer;
  };
  try {
    const { keyward, bare } = await heard<Listening>();
    await using wires = openWires({ keyward, bare });
    return await costsOf(wires, look);
  } finally {
    if (child.connected) child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
  }
}

interface Wires extends AsyncDisposable {
  readonly keyward: Wire;
  readonly bare: Wire;
}

function openWires(ports: Listening): Wires {
  const wires = { keyward: createWire(ports.keyward), bare: createWire(ports.bare) };
  const close = async () => Object.values(wires).forEach((wire) => void wire.close());
  return { ...wires, [Symbol.asyncDispose]: close };
}

async function costsOf({ keyward, bare }: Wires, look: () => Promise<Used>): Promise<Costs> {
  const works = await createWorks(keyward);
  const bareWork = () => bare.send(requestOf('GET', '/user'), performance.now());
  const cpuOf = async (count: number, work: (turn: number) => Promise<unknown>): Promise<number> => {
    const before = await look();
    for (let done = 0; done < count; done += peopleCount)
      await Promise.all(Array.from({ length: peopleCount }, (_, place) => work(place)));
    return ((await look()).cpuMs - before.cpuMs) / count;
  };

  const asked = new Map<JobName, Omit<Cost, 'cpuRatio'>>();
  for (const job of jobs) asked.set(job, await askedBy(works[job], look));
  const least = new Map<JobName | 'bare', number>();
  const keepLeast = (name: JobName | 'bare', cpuMs: number) =>
    least.set(name, Math.min(cpuMs, least.get(name) ?? Number.POSITIVE_INFINITY));
  for (let round = 0; round < rounds; round += 1) {
    keepLeast('bare', await cpuOf(bareBatch, bareWork));
    for (const job of jobs) keepLeast(job, await cpuOf(batches[job], works[job]));
  }
  const bareMs = least.get('bare') ?? Number.NaN;
  const costOf = (job: JobName) => ({ ...asked.get(job), cpuRatio: (least.get(job) ?? Number.NaN) / bareMs });
  return Object.fromEntries(jobs.map((job) => [job, costOf(job)])) as unknown as Costs;
}

/** Of several single requests the one that asked least: now and then one also reads the signing keys again. */
async function askedBy(work: (place: number) => Promise<unknown>, look: () => Promise<Used>) {
  const all: Omit<Cost, 'cpuRatio'>[] = [];
  for (let turn = 0; turn < singles; turn += 1) {
    const before = await look();
    await work(turn);
    const after = await look();
    all.push({
      statements: after.statements - before.statements,
      transactions: after.transactions - before.transactions,
      hashes: after.hashes - before.hashes,
    });
  }
  return all.toSorted((a, b) => a.statements - b.statements)[0] as Omit<Cost, 'cpuRatio'>;
}

/** What one request of each job is; `place` says who does it. Each request comes from an address of its own. */
async function createWorks(wire: Wire): Promise<Record<JobName, (place: number) => Promise<unknown>>> {
  let sent = 0;
  const post = async (path: string, json: object) => {
    sent += 1;
    const headers = { 'X-Forwarded-For': `10.0.${sent >> 8}.${sent & 255}` };
    const { status, body } = await wire.send(requestOf('POST', path, { headers, json }), performance.now());
    if (status >= 300) throw new Error(`${path} was answered ${status}: ${body}`);
    return JSON.parse(body);
  };
  const signUp = (name: string) => post('/signup', { username: name, email: `${name}@example.com`, password });
  const people = [];
  for (let place = 0; place < peopleCount; place += 1) people.push(await signUp(`ada-${place}`));
  const tokens = people.map((it) => it.refresh_token);
  const reads = people.map((it) =>
    requestOf('GET', '/user', { headers: { Authorization: `Bearer ${it.access_token}` } }),
  );

  return {
    'sign in': (place) => post('/login', { email: `ada-${place}@example.com`, password }),
    'read the current user': async (place) => {
      const { status, body } = await wire.send(reads[place] as Buffer, performance.now());
      if (status !== 200) throw new Error(`/user was answered ${status}: ${body}`);
    },
    refresh: async (place) => {
      tokens[place] = (await post('/refresh-access-token', { refresh_token: tokens[place] })).refresh_token;
    },
    'sign up': () => signUp(`bob-${sent}`),
  };
}

const password = 'correct horse battery staple';
