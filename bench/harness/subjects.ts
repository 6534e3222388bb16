import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../server/test/support/databases/server-process.ts';
import type { Answer, Contender, Credentials, Hash, Person, Place, Request, Store } from './contender.ts';
import type { Job, Subject } from './results.ts';
import { ask, type Running, start } from './running.ts';

/** A server that is measured in some jobs, and who has accounts there. */
export interface Measured extends Subject {
  readonly contender: Contender;
  readonly place: Place;
  readonly jobs: readonly Job[];
  readonly people: readonly Person[];
  running: Running | undefined;
}

const peopleCount = 8;

const people: readonly Person[] = Array.from({ length: peopleCount }, (_, place) => ({
  username: `ada-${place}`,
  email: `ada-${place}@example.com`,
  password: `correct horse battery ${place}`,
}));

interface Wanted {
  readonly store: Store;
  readonly hash: Hash;
  readonly refreshing: boolean;
  readonly jobs: readonly Job[];
}

/** As itself; with the hash that all can have, on one database; and apart for refreshing, where that wants another setting. */
function variantsOf({ stores, hashes, refreshesApart }: Contender): Wanted[] {
  const all: readonly Job[] = ['user', 'sign-in', 'sign-up', 'mixed'];
  return stores.flatMap((store): Wanted[] => [
    { store, hash: 'own', refreshing: false, jobs: refreshesApart ? all : [...all, 'refresh'] },
    ...(refreshesApart ? [{ store, hash: 'own', refreshing: true, jobs: ['refresh'] } as const] : []),
    ...(hashes.equalDiffers && store === 'sqlite'
      ? [{ store, hash: 'equal', refreshing: false, jobs: ['sign-in', 'sign-up'] } as const]
      : []),
  ]);
}

/** @param postgres makes an empty database and gives its URL; undefined where there is no PostgreSQL */
export async function subjectsOf(
  contender: Contender,
  folder: string,
  postgres: (() => Promise<string>) | undefined,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { store, hash, refreshing, jobs } of variantsOf(contender)) {
    if (store === 'postgres' && postgres === undefined) continue;
    const own = join(
      folder,
      [contender.name, store, hash, refreshing ? 'refreshing' : ''].join('-').replaceAll(' ', '-'),
    );
    mkdirSync(own);
    const postgresUrl = store === 'postgres' ? await postgres?.() : undefined;
    const place = { port: await freePort(), folder: own, postgresUrl, hash, refreshing };
    const hashName = hash === 'own' ? contender.hashes.own : 'argon2id';
    measured.push({ name: contender.name, store, hash, hashName, contender, place, jobs, people, running: undefined });
  }
  return measured;
}

export async function startSubject(subject: Measured, options: { watched: boolean }): Promise<Running> {
  const { contender, place } = subject;
  subject.running = await start(place, contender.launch(place), contender.first, options);
  return subject.running;
}

export async function stopSubject(subject: Measured): Promise<void> {
  await subject.running?.stop();
  subject.running = undefined;
}

/** Makes the accounts. @throws unless each is made */
export async function signUpAll({ contender, place, people: all }: Measured): Promise<void> {
  const what = `${contender.name}: sign-up`;
  await inPairs(all, async (person) => expectGood(await askPatiently(place.port, contender.signUp(person)), what));
}

/** Signs in, the people in turn. @throws unless each is signed in */
export function signInMany({ contender, place, people: all }: Measured, count: number): Promise<Credentials[]> {
  const turns = Array.from({ length: count }, (_, turn) => all[turn % all.length] as Person);
  const what = `${contender.name}: sign-in`;
  return inPairs(turns, async (person) =>
    contender.credentialsOf(expectGood(await askPatiently(place.port, contender.signIn(person)), what)),
  );
}

const patience = 40;

/** Again, where a server has too much to do: what prepares a round is not measured. */
async function askPatiently(port: number, request: Request) {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(port, request);
    if (answer.status !== 503 || tries === patience) return answer;
    await sleep(500);
  }
}

/** Two at once: a server may refuse more, before it knows how fast it is. */
async function inPairs<T, Result>(all: readonly T[], work: (it: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < all.length; at += 2) results.push(...(await Promise.all(all.slice(at, at + 2).map(work))));
  return results;
}

/** Whether the two jobs that go on with credentials answer what they should: with the very person. @throws unless they do */
export async function proveCredentials(subject: Measured, [mine]: readonly Credentials[]): Promise<void> {
  const { email } = subject.people[0] as Person;
  const refresh = mine?.refresh;
  const first = refresh?.chain?.first ?? '';
  const request = refresh && { ...refresh.request, ...withToken(refresh.request.body, first) };
  for (const it of [mine?.user, request]) {
    const answer = it && (await ask(subject.place.port, it));
    if (answer === undefined || !expectGood(answer, subject.name).text.includes(email))
      throw new Error(`${subject.name} answers without ${email}: ${answer?.text}`);
  }
}

const withToken = (body: string | undefined, token: string) =>
  body === undefined ? {} : { body: body.replace('{token}', token) };

function expectGood<T extends Answer & { readonly text: string }>(answer: T, what: string): T {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(`${what} was answered ${answer.status}: ${answer.text}`);
}
